/**
 * Whom to call: a list of people that narrows as one types a name. Events: `pick` {id, name}; `more` when the end of
 * the list comes near; `close`.
 */
import { words } from '../../words/language';

interface Person {
  id: string;
  name: string;
  avatar: string;
}

Component({
  properties: {
    isShown: Boolean,
    people: { type: Array, value: [] as Person[] },
    isLoading: Boolean,
  },

  data: { query: '', found: [] as Person[], t: words.picker },

  observers: {
    'people, query'(people: Person[], query: string) {
      const sought = query.trim().toLowerCase();
      this.setData({ found: people.filter(({ name }) => name.toLowerCase().includes(sought)) });
    },
    isShown(isShown: boolean) {
      if (!isShown) this.setData({ query: '' });
    },
  },

  methods: {
    onQuery(event: WechatMiniprogram.Input) {
      this.setData({ query: event.detail.value });
    },

    onPick({ currentTarget }: WechatMiniprogram.CustomEvent<object, object, { id: string; name: string }>) {
      const { id, name } = currentTarget.dataset;
      this.triggerEvent('pick', { id, name });
    },

    onMore() {
      this.triggerEvent('more');
    },

    onClose() {
      this.triggerEvent('close');
    },

    onMove() {},
  },
});
