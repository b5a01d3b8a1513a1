/** A port of loopback for a process of a test. */
import { createServer } from 'node:net';

/**
 * Below the ports that the system gives to outgoing connections, so that nobody takes it while the server is down.
 * (And not port 0: Linux does not bind such a port again while connections of the killed process linger.)
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isFree) await new Promise((resolve) => probe.close(resolve));
    if (isFree) return port;
  }
}
