/** Which contenders are ours; by name, so that a part need not know the list. */
interface Named {
  name: string;
}

export const OURS = 'chahua';

export const isOurs = ({ name }: Named): boolean => name.startsWith(OURS);

/** A peer, or ours as it ships: one node, the embedded store. */
export const isAlone = (contender: Named): boolean => !isOurs(contender) || contender.name === OURS;

/** Those of `isAlone` that have a figure of their own here: `but` would repeat that of another. */
export const aloneBut =
  (...but: string[]) =>
  (contender: Named): boolean =>
    isAlone(contender) && !but.includes(contender.name);
