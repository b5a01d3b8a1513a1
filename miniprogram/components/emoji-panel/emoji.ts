/** The emoji of the panel: those people use, in an order that eye and hand find again. Plain Unicode, no pictures. */
const FACES =
  '😀 😃 😄 😁 😆 😅 😂 🤣 😊 😇 🙂 🙃 😉 😌 😍 🥰 😘 😗 😋 😛 😜 🤪 🤗 🤭 🤔 🤐 😐 😑 😶 😏 😒 🙄 😬 😮 😯 😲 😳 🥺 😢 😭 😤 😠 😡 🤬 😱 😨 😰 😥 😓 😔 😞 😣 😖 😫 😩 🥱 😴 😪 🤤 😷 🤒 🤕 🤢 🤮 🤧 🥵 🥶 😵 🤯 🥳 😎 🤓 🧐 😈 💀 👻 🤡 💩';
const HANDS = '👍 👎 👌 ✌️ 🤞 🤙 👏 🙌 🙏 🤝 💪 👊 ✊ 👋 🤚 👈 👉 👆 👇 ☝️ ✍️ 👀 👄 🙈 🙉 🙊';
const HEARTS = '❤️ 🧡 💛 💚 💙 💜 🖤 💔 💕 💖 💯 💢 💥 💦 💤 ✨ 🌟 🔥 🎉 🎊 🎁 🎂 🏆 🧧 🌹 🌸 🍀';
const THINGS =
  '🍵 🫖 ☕ 🍺 🍻 🥂 🍚 🍜 🥟 🍰 🍎 🍉 🐶 🐱 🐼 🐷 🐮 🐯 🐰 🌞 🌙 ⭐ ☁️ 🌧️ ❄️ 🌈 🏠 🚗 🚄 ✈️ ⏰ 📷 💻 📱 💰 📌 ✅ ❌ ❓ ❗';

export const EMOJI: readonly string[] = [FACES, HANDS, HEARTS, THINGS].join(' ').split(' ');
