/** The same as zh.ts, in English: keys and arguments are its, which the compiler sees to. */
import type { Words } from './zh';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ME = 'you';

/** `2 messages`, `1 message`. */
const many = (count: number, one: string, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;
/** At the beginning of a sentence. */
const begin = (name: string) => (name === ME ? 'You' : name);
const was = (name: string) => (name === ME ? 'You were' : `${name} was`);
const is = (name: string) => (name === ME ? 'You are' : `${name} is`);
const pending = (count: number) => `${many(count, 'message')} waiting`;
const list = (names: readonly string[]) =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

export const en = {
  app: { name: 'Chahua' },

  errors: {
    BAD_REQUEST: 'That is not allowed here',
    UNAUTHORIZED: 'Your sign-in has expired, please sign in again',
    FORBIDDEN: 'You are not allowed to do that',
    NOT_FOUND: 'Not found, or removed',
    CONFLICT: 'Something has changed, please try again',
    TOO_LARGE: 'Too long',
    RATE_LIMITED: 'Too fast, please try again in a moment',
    MUTED: 'You have been muted',
    BANNED: 'This account is banned',
    CLOSED: 'This chat is closed',
    BLOCKED_CONTENT: 'Not sent: the content is not allowed',
    UNAVAILABLE: 'The service is unavailable, please try again later',
    TIMEOUT: 'No answer in time, please try again later',
    INTERNAL: 'The server has failed, please try again later',
    OFFLINE: 'No connection',
  },
  failures: {
    unknown: 'Something went wrong, please try again later',
    retry: 'Try again',
    outboxFull: 'Too many messages are waiting; let them go first',
    avatar: 'This server cannot keep pictures yet',
  },

  bar: {
    reconnect: 'Connect',
    toSignIn: 'Sign in',
    banned: 'This account is banned',
    elsewhere: 'You signed in on another device, which took this one offline',
    outdated: 'This version is too old; restart WeChat to update it',
    refused: (closeCode: number) => `The server refuses to connect (${closeCode})`,
    expired: 'Your sign-in has expired',
    signedOut: 'Not signed in',
    storageFull: 'The phone is full: unsent messages are lost when you close the app',
    connecting: (waiting: number) => (waiting > 0 ? `Connecting, ${pending(waiting)}` : 'Connecting…'),
    apart: (waiting: number) => (waiting > 0 ? `Not connected, ${pending(waiting)}` : 'Not connected'),
    offline: (waiting: number) =>
      waiting > 0
        ? `Not connected, ${pending(waiting)}; check your network`
        : 'Not connected; check your network',
  },

  dates: {
    today: 'Today',
    yesterday: 'Yesterday',
    weekdays: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    inYear: (month: number, day: number) => `${MONTHS[month - 1]} ${day}`,
    full: (year: number, month: number, day: number) => `${MONTHS[month - 1]} ${day}, ${year}`,
  },

  names: {
    me: ME,
    stranger: 'A member',
    list,
    andMore: (names: readonly string[], count: number) =>
      `${names.join(', ')} and ${count - names.length} more`,
  },

  kinds: {
    image: '[Photo]',
    voice: '[Voice]',
    voiceFor: (seconds: number) => `[Voice] ${seconds}″`,
    video: '[Video]',
    file: '[File]',
    location: '[Location]',
    card: '[Link]',
    unknown: '[This version cannot show this message]',
  },

  recall: {
    somebody: 'A message was recalled',
    own: (by: string) => `${begin(by)} recalled a message`,
    other: (by: string, from: string) => `${begin(by)} recalled a message from ${from}`,
  },

  quote: {
    old: 'A reply to an earlier message',
    recalled: 'A reply to a recalled message',
    of: (name: string, words: string) => `${begin(name)}: ${words}`,
  },

  notices: {
    created: 'The chat was created',
    createdBy: (by: string) => `${begin(by)} created the chat`,
    joined: (user: string) => `${begin(user)} joined the chat`,
    left: (user: string) => `${begin(user)} left the chat`,
    invited: (by: string, users: string) => `${begin(by)} added ${users} to the chat`,
    removed: (user: string) => `${was(user)} removed from the chat`,
    removedBy: (by: string, user: string) => `${begin(by)} removed ${user} from the chat`,
    renamed: (by: string, name: string) => `${begin(by)} renamed the chat to “${name}”`,
    role: (user: string, role: string) => `${is(user)} now: ${role}`,
    muted: (user: string, until: string) => `${was(user)} muted until ${until}`,
    unmuted: (user: string) => `${is(user)} no longer muted`,
    pinned: (by: string) => `${begin(by)} pinned a message`,
    unpinned: (by: string) => `${begin(by)} unpinned a message`,
    slow: (seconds: number) => `Slow mode: one message every ${many(seconds, 'second')} each`,
    slowOff: 'Slow mode is off',
    closed: 'The chat was closed',
    unknown: '[This version cannot show this notice]',
  },

  roles: { owner: 'Owner', admin: 'Admin', bot: 'Bot', member: 'Member' },
  sanctions: { mutedUntil: (until: string) => `Muted until ${until}` },

  presence: {
    online: 'Online',
    lastSeen: (time: string) => `Last seen ${time}`,
    typing: (users: string) => `${users} typing…`,
    manyTyping: (count: number) => `${count} people typing…`,
  },

  rooms: {
    title: 'Chats',
    opening: 'Opening…',
    empty: 'No chats yet',
    emptyHint: 'Find somebody under Contacts, or start a group',
    start: 'New group',
    search: 'Search',
    muted: 'Muted',
    unnamed: 'Group',
    members: (count: number) => many(count, 'member'),
    unread: (count: number) => `${count} unread`,
    spoken: (parts: readonly string[]) => parts.join(', '),
    line: (name: string, words: string) => `${name}: ${words}`,
  },
  roomMarks: {
    waiting: (count: number) => `[${count} waiting]`,
    called: '[@you]',
    draft: '[Draft]',
  },
  roomActions: { pin: 'Pin', unpin: 'Unpin', mute: 'Mute', unmute: 'Unmute', hide: 'Hide' },

  chat: {
    mutedUntil: (until: string) => `You are muted until ${until}`,
    slow: (seconds: number) => `Slow mode: one message every ${many(seconds, 'second')}`,
    apart: 'Messages cannot be sent now',
    gone: 'You are not in this chat',
    closed: 'This chat is closed',
  },
  rowActions: { copy: 'Copy', recall: 'Recall', resend: 'Send again', discard: 'Delete' },
  composer: { input: 'Message', placeholder: 'Write something', send: 'Send' },
  bubble: { edited: 'edited', sending: 'Sending', failed: 'Not sent; tap to choose what to do' },
  list: {
    loading: 'Loading…',
    failed: 'Not loaded; tap to try again',
    older: 'Earlier messages',
    empty: 'No messages yet. Say hello',
    start: 'No earlier messages',
    unread: 'New messages',
    fresh: (count: number) => `${many(count, 'new message')} ↓`,
  },

  people: {
    title: 'Contacts',
    search: 'Find by name',
    newGroup: 'New group',
    openRooms: 'Open rooms',
    empty: 'Nobody here yet',
    emptyHint: 'Join a chat, and the people in it appear here',
    none: 'No such name',
    most: (count: number) => `Only the first ${count} are shown; find others by name`,
    signedOut: 'Sign in to see the people you have met',
  },
  pick: {
    search: 'Find by name',
    groupTitle: 'New group',
    inviteTitle: 'Invite',
    name: 'Name of the group (optional)',
    done: 'Done',
    nobody: 'There is nobody to choose yet',
    none: 'No such name',
    chosen: (count: number) => `Done (${count})`,
    tooMany: (most: number) => `At most ${many(most, 'member')}`,
  },
  openRooms: {
    title: 'Open rooms',
    empty: 'There is no room to join',
    join: 'Join',
    enter: 'Open',
    loading: 'Loading…',
    live: 'Live',
  },
  room: {
    title: 'Chat info',
    invite: 'Invite',
    name: 'Name',
    nameHint: '1–64 characters',
    nameMissing: 'Please enter a name',
    nameTooLong: 'A name has at most 64 characters',
    pins: 'Pinned messages',
    noPins: 'No pinned messages',
    search: 'Search in this chat',
    muted: 'Mute notifications',
    pinned: 'Keep on top',
    slow: 'Slow mode',
    close: 'Close the chat',
    leave: 'Leave the chat',
    hide: 'Hide from the list',
    loading: 'Loading…',
    closed: 'The chat is closed and can only be read',
    slowOff: 'Off',
    slowFor: (seconds: number) => `One every ${many(seconds, 'second')}`,
    members: (count: number) => `All members (${count})`,
    closeTitle: 'Close the chat?',
    closeText: 'Nobody can write in it any more, and it cannot be opened again.',
    leaveTitle: 'Leave the chat?',
    leaveText: 'You will get no more messages from it and see none of the earlier ones.',
    ownerLeaves: ' You own this chat; another member will take over.',
    save: 'Save',
  },
  member: {
    title: 'Profile',
    chat: 'Message',
    role: 'Role',
    loading: 'Loading…',
    mute: 'Mute',
    unmute: 'Unmute',
    promote: 'Make admin',
    demote: 'Remove as admin',
    remove: 'Remove from the chat',
    removeTitle: (name: string) => `Remove ${name} from the chat?`,
    removeText: 'They will see nothing of this chat any more.',
  },
  spans: { tenMinutes: '10 minutes', hour: '1 hour', day: '1 day', week: '7 days', month: '30 days' },
  search: {
    title: 'Search',
    hint: 'Search messages',
    start: 'Enter at least two characters',
    searching: 'Searching…',
    none: 'Nothing found',
    local: 'Not connected: only messages on this phone were searched',
    more: 'More results',
    inRoom: (room: string) => `Search in “${room}”`,
    from: (name: string, time: string) => `${begin(name)} · ${time}`,
  },
  searchBar: { clear: 'Clear' },
  confirm: { yes: 'OK', no: 'Cancel' },

  members: {
    title: 'Members',
    search: 'Find by name',
    me: 'Me',
    loading: 'Loading…',
    more: 'Scroll for more',
    most: (count: number) => `Only the first ${count} are shown`,
    retry: (problem: string) => `${problem}. Tap to try again`,
  },

  profile: {
    title: 'Me',
    signedOut: 'Sign in to set your picture and name',
    changeAvatar: 'Change picture',
    name: 'Name',
    nameHint: '1–32 characters',
    nameMissing: 'Please enter a name',
    nameTooLong: 'A name has at most 32 characters',
    save: 'Save',
    saved: 'Saved',
    signOut: 'Sign out',
    language: 'Language',
    languageValue: 'English (as the system)',
    theme: 'Appearance',
    light: 'Light (as the system)',
    dark: 'Dark (as the system)',
    storage: 'Storage',
    clear: 'Clear cache',
    clearTitle: 'Clear the cache?',
    clearText:
      'Chats kept on this phone are deleted and read from the server again. Unsent messages and drafts stay.',
    cleared: 'Cleared',
    privacy: 'Privacy',
    version: 'Version',
    signIn: 'Sign in',
    kilobytes: (count: number) => (count < 1024 ? `${count} KB` : `${(count / 1024).toFixed(1)} MB`),
  },
  privacy: {
    title: 'Privacy',
    lead: 'Before your picture, name, album or camera is used, please read and accept the privacy guidelines.',
    contract: 'Privacy guidelines',
    agree: 'Accept',
    refuse: 'Decline',
    refused: 'Without accepting the privacy guidelines this cannot be used',
    points: [
      'You choose your picture and name yourself; only people in the same chats see them.',
      'Messages you send are stored on the server of this program for the members of the chat; a recalled one is erased.',
      'The album and the camera are used only when you choose a picture, never at another time.',
      'Your sign-in is kept on this phone and on the server only; your WeChat openid is shown to nobody.',
      'What is kept on this phone can be cleared at any time, and is deleted when you sign out.',
    ],
  },
  signOut: {
    title: 'Sign out?',
    plain: 'You will need to sign in again.',
    waiting: (count: number) => `${many(count, 'message')} not sent yet will not be sent any more.`,
  },

  signIn: {
    title: 'Sign in',
    welcome: 'Sign in to start chatting',
    expired: 'Your sign-in has expired, please sign in again',
    byWeChat: 'Sign in with WeChat',
    developers: 'Development: sign in by name',
    name: 'Name',
    nameHint: 'A name, such as alice',
    byName: 'Sign in by name',
    bannedUntil: (until: string) => `Banned until ${until}`,
    reason: (reason: string) => `Reason: ${reason}`,
  },
} satisfies Words;
