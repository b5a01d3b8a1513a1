/** Whom the fake serves, and marks that must turn up nowhere but where WeChat and the server exchange them. */

export const APPID = 'wx0123456789abcdef';
export const SECRET = 'fedcba9876543210fedcba9876543210';
/** In every good answer to a login: must turn up nowhere else. */
export const SESSION_KEY = 'SESSION-KEY-MARKER==';
/** Of the message push: what an operator types into WeChat's console and into the server's environment. */
export const PUSH_TOKEN = 'PushTokenMarker0123456789';
/** 43 characters: 32 bytes of base64 without the `=`. */
export const PUSH_KEY = 'UHVzaEtleU1hcmtlclB1c2hLZXlNYXJrZXJQdXNoS2U';
