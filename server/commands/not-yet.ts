/** Rows of the protocol that this version does not serve: it says so, it is never silent. */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Op } from '../../miniprogram/protocol/frames.ts';
import { Refusal } from '../outcome.ts';
import type { Row } from './call.ts';

export const notYet = <O extends Op>(op: O): Row<O> => ({
  access: 'user',
  cost: 'read',
  run: () =>
    Promise.reject(new Refusal(ErrorCode.BAD_REQUEST, `op: ${op} is not served by this version yet`)),
});
