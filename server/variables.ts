/**
 * Reads single variables of an environment and gathers what is wrong with them, so that all faults are heard at once.
 * A variable at fault gives its default: reading goes on, starting does not.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

export class Variables {
  readonly #env: Environment;
  readonly #faults: string[] = [];

  constructor(env: Environment) {
    this.#env = env;
  }

  /** One line each: `VARIABLE: what is wrong; what is allowed`. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  fault(name: string, sentence: string): void {
    this.#faults.push(`${name}: ${sentence}`);
  }

  /** The value without the spaces around it; undefined where it is unset or empty. */
  get(name: string): string | undefined {
    return this.#env[name]?.trim() || undefined;
  }

  choice<T extends string>(name: string, allowed: readonly T[], unset: T): T {
    const text = this.get(name);
    if (text === undefined) return unset;
    const found = allowed.find((one) => one === text);
    if (found !== undefined) return found;
    this.fault(
      name,
      `${JSON.stringify(text)} is not known; allowed: ${allowed.join(', ')}, or unset (${unset})`,
    );
    return unset;
  }

  /** A whole number in decimal digits. */
  whole(name: string, { least, most, unset }: { least: number; most: number; unset: number }): number {
    const text = this.get(name);
    if (text === undefined) return unset;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    this.fault(name, `${JSON.stringify(text)} is out of range; allowed: ${least} to ${most}`);
    return unset;
  }
}
