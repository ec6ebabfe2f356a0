// How the page is built. Nothing may be inlined: the Content Security Policy allows own files only.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env.ATALAYA_API ?? "http://127.0.0.1:18780";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    manifest: true,
  },
  server: {
    proxy: { "/api": { target: api, secure: false }, "/ca.pem": { target: api, secure: false } },
  },
});
