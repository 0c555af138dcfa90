# The relay with the page it serves. Debian, not Alpine: the second door (webrtc-direct) is a native module for glibc.
FROM node:24-slim AS build
WORKDIR /wavu
COPY . .
# Installs what the page and the relay need, builds dist/.
RUN npm run build

FROM node:24-slim
WORKDIR /wavu
COPY --from=build /wavu/package.json ./
COPY --from=build /wavu/node_modules ./node_modules
COPY --from=build /wavu/src ./src
COPY --from=build /wavu/relay ./relay
COPY --from=build /wavu/dist ./dist
RUN mkdir -m 700 /data && chown node:node /data
USER node
ENV NODE_ENV=production WAVU_DATA=/data
VOLUME /data
EXPOSE 8470/tcp 8470/udp 8471/udp
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.WAVU_PORT || 8470}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "relay/main.ts"]
