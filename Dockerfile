# One node. Data that must outlive the container (the embedded store, keys, files) is in /data.
FROM node:22-bookworm-slim

ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app

# The lockfile first: dependencies are installed anew only when they change. uWebSockets.js is an npm package of
# prebuilt binaries, so nothing is compiled. Install scripts are not run: no dependency of the server needs one.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

# The server reads the mini-program's protocol, and nothing else of it.
COPY server ./server
COPY miniprogram/protocol ./miniprogram/protocol

RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080

# Alive, not ready: an orchestrator that restarts nodes because the database is away makes it worse.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

# The node itself is process 1, so SIGTERM reaches it: it says goodbye and ends within ten seconds.
STOPSIGNAL SIGTERM
CMD ["node", "server/main.ts"]
