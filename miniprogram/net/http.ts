/** HTTP as the client needs it: JSON in and out, and uploading a file. */

export interface HttpRequest {
  method: 'GET' | 'POST';
  /** From the root of the server, such as `/v1/me`. */
  path: string;
  /** Access token, sent as `Authorization: Bearer`. */
  token?: string;
  body?: object;
}

export interface HttpUpload {
  path: string;
  token: string;
  /** A path that the platform gave for a file that the person chose. */
  filePath: string;
  /** Told now and then, 0–100. */
  progress?: (percent: number) => void;
}

export interface HttpReply {
  status: number;
  /** Parsed JSON; whatever else came is null. */
  body: unknown;
}

/**
 * Both reject only where no answer came, and always end; any status is an answer. Neither is tried again from here. `upload` rejects
 * with NO_FILE where there is no such file any more.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpReply>;
  /** As the field `file` of a multipart POST. */
  upload(file: HttpUpload): Promise<HttpReply>;
}
