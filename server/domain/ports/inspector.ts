/** Who judges what people write, outside this program. */
import type { FileId, UserId } from '../../../miniprogram/protocol/objects.ts';

export type Verdict =
  | { name: 'pass' }
  /** Whoever judges is not sure: a moderator should look. `label` is the judge's own number for the reason. */
  | { name: 'review'; label: number }
  | { name: 'risky'; label: number }
  /** Nobody judged. `stale`: the judge wants to have seen the person lately, so asking again soon changes nothing. */
  | { name: 'unknown'; why: 'stale' | 'quota' | 'no-answer' };

/** What the text is: somebody's name, or something said or written over a room. */
export type Scene = 'profile' | 'message';

export interface Inspector {
  /** Never rejects. A person whom the judge cannot know (a bot, a dev login) passes. */
  text(asked: { user: UserId; text: string; scene: Scene }): Promise<Verdict>;
}

/** What a judge can look at or listen to. */
export type MediaKind = 'image' | 'voice';

/** A judge of files takes minutes: it names the question, and tells of the verdict by that name. */
export interface FileInspector {
  /** Never rejects. `exempt`: a person whom the judge cannot know. */
  file(asked: {
    user: UserId;
    file: FileId;
    media: MediaKind;
  }): Promise<{ name: 'asked'; trace: string } | { name: 'exempt' } | Extract<Verdict, { name: 'unknown' }>>;
}
