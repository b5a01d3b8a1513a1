/** Keys by which programs post into rooms, each as a bot of its own. */
import type { RoomId, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { AuditRecord } from './audit-store.ts';

export interface ApiKey {
  id: string;
  name: string;
  /** The bot that speaks with it. */
  user: UserId;
  /** Where it may post. */
  rooms: RoomId[];
  by: string;
  ts: Timestamp;
  revoked?: Timestamp;
}

export interface KeyStore {
  /** @param hash of the key, which is nowhere else */
  issueKey(key: ApiKey, hash: string, audit: AuditRecord): Promise<void>;
  /** By the hash of the key; null where it is unknown or was revoked. */
  apiKey(hash: string): Promise<ApiKey | null>;
  /** The newest first, revoked ones too. */
  apiKeys(): Promise<ApiKey[]>;
  /** False, and no record written, where there is none or it was revoked before. */
  revokeKey(id: string, audit: AuditRecord): Promise<boolean>;
}
