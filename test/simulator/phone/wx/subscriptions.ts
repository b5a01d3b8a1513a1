/**
 * `wx.requestSubscribeMessage`: one accept buys the server one message outside the app. WeChat's habits: only soon
 * after a tap, one to three templates, an answer for each. Who plays the person chooses in WeChat's own dialog; "always" is
 * kept with the phone, and then nobody is asked.
 */
import type { Dialogs } from '../dialogs.ts';
import { WxFailure, type Asked, type Work, type WxFunction, type WxPart } from './call.ts';
import type { Shelf } from './storage.ts';

export interface SubscriptionsDeps {
  dialogs: Pick<Dialogs, 'subscription'>;
  shelf: Shelf;
  phone: string;
  /** Ms since the person last tapped anything. */
  sinceTap(): number;
}

type Answer = 'accept' | 'reject';

const MOST_TEMPLATES = 3;
/** Later a tap does not count; WeChat's own bound is not documented. */
export const TAP_COUNTS_MS = 3_000;

export function createSubscriptionsApi(
  { dialogs, shelf, phone, sinceTap }: SubscriptionsDeps,
  call: (name: string, work: Work) => WxFunction,
): WxPart {
  const key = `chahua-preview-subscriptions/${phone}`;
  const kept = (): Record<string, Answer> => JSON.parse(shelf.getItem(key) ?? '{}') as Record<string, Answer>;

  return {
    requestSubscribeMessage: call('requestSubscribeMessage', async (asked) => {
      const templates = templatesOf(asked);
      if (sinceTap() > TAP_COUNTS_MS)
        throw new WxFailure('can only be invoked by user TAP gesture.', { errCode: 20_001 });
      const always = kept();
      const open = templates.filter((template) => always[template] === undefined);
      const nobodyAsked = { taken: [], always: false };
      const choice = open.length > 0 ? await dialogs.subscription(open) : nobodyAsked;
      const answers = Object.fromEntries(
        open.map((template): [string, Answer] => [
          template,
          choice.taken.includes(template) ? 'accept' : 'reject',
        ]),
      );
      if (choice.always) shelf.setItem(key, JSON.stringify({ ...always, ...answers }));
      return Object.fromEntries(
        templates.map((template) => [template, always[template] ?? answers[template]]),
      );
    }),
    getSetting: call('getSetting', (asked) => ({
      authSetting: {},
      ...(asked['withSubscriptions'] === true
        ? { subscriptionsSetting: { mainSwitch: true, itemSettings: kept() } }
        : {}),
    })),
  };
}

function templatesOf(asked: Asked): string[] {
  const templates = Array.isArray(asked['tmplIds']) ? asked['tmplIds'].map(String) : [];
  if (templates.length === 0) throw new WxFailure("TmplIds can't be empty", { errCode: 10_001 });
  if (templates.length > MOST_TEMPLATES)
    throw new WxFailure('Templates count out of max bounds', { errCode: 20_003 });
  return templates;
}
