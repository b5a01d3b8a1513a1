/** API keys: 256 random bits each, told from other tokens by their first letters, known to the store by their hash. */
import { randomBytes } from 'node:crypto';

const BYTES = 32;
/** For whoever finds one in a log or a repository, and for programs that look for such. */
const PREFIX = 'chahua_';

export const newApiKey = (): string => PREFIX + randomBytes(BYTES).toString('base64url');
