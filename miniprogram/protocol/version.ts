/**
 * The version of the wire contract that this tree speaks (docs/protocol.md). A client names it in
 * `session.hello`; the server closes with 4503 what it no longer serves. A change of frames.ts or of the
 * server's schemas fails a test until somebody has decided here whether old clients still understand it.
 */
export const PROTOCOL_VERSION = 1;
