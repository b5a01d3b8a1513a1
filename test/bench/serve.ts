/** The program that peer-process.ts runs: imports the contender named on the command line and serves. */
import { pathToFileURL } from 'node:url';

const { serve } = (await import(pathToFileURL(process.argv[2]!).href)) as {
  serve: (port: number) => Promise<number>;
};
process.once('disconnect', () => process.exit());
process.send!(await serve(Number(process.argv[3] ?? 0)));
