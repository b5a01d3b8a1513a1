/**
 * Files on one node, put together: where their bytes are, what signs their links, and when they go: the unused, and,
 * with what carries them, the old.
 */
import { createFiles, type Files } from './domain/files.ts';
import type { BlobStore, Clock, NodeId, Store } from './domain/ports.ts';
import { keepRetention } from './domain/retention.ts';
import type { Config, JwtKey } from './config.ts';
import { sniff } from './edge/sniff.ts';
import { newId } from './ids.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { createFileLinks, type FileLinks } from './session/file-links.ts';

export interface MediaDeps {
  /** Holds the lease of what one node does for all. */
  node: NodeId;
  config: Config;
  keys: readonly JwtKey[];
  store: Store;
  blobs: BlobStore;
  log: Pick<Logger, 'info'>;
  metrics: Pick<Metrics, 'trimmed'>;
  clock: Clock;
  onFault: (reason: unknown) => void;
}

export interface Media {
  files: Files;
  links: FileLinks;
  /** Does away with what nothing uses any more, in its own time. */
  sweepSoon(): void;
  stop(): void;
}

const SWEEP_EVERY_MS = 600_000;

export function createMedia(deps: MediaDeps): Media {
  const { node, config, keys, store, blobs, log, metrics, clock, onFault } = deps;
  const links = createFileLinks({ keys, clock });
  const files = createFiles({ store, blobs, sniff, sign: links.sign, clock, newId, limits: config.limits });
  const sweepSoon = (): void => void files.sweep().catch(onFault);
  const undos = [
    clock.every(SWEEP_EVERY_MS, sweepSoon),
    keepRetention({
      store,
      clock,
      node,
      days: config.retainDays,
      onStep: metrics.trimmed,
      onTrimmed(entries) {
        log.info('deleted entries that are older than RETAIN_DAYS', { entries, days: config.retainDays });
        sweepSoon();
      },
      onFault,
    }),
  ];
  return { files, links, sweepSoon, stop: () => undos.forEach((undo) => undo()) };
}
