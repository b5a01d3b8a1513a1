/**
 * `npm start`: a server to try things with, from a bare checkout. Owns DEV_LOGIN (login by name), which it asks for
 * unless told otherwise and never in production. The server reads all else; production runs `node server/main.ts` and
 * never comes by here.
 */
import { runProgram } from './program.mjs';

const env = { ...process.env };
if (env.NODE_ENV !== 'production') env.DEV_LOGIN ??= '1';
runProgram(['server/main.ts', ...process.argv.slice(2)], env);
