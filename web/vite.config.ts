// How the page is built. Nothing may be inlined: the Content Security Policy allows own files only.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env.ATALAYA_API ?? "http://127.0.0.1:18780";

// What every page needs, in one file: it packs better, and browsers keep it from release to release.
const base =
  /node_modules\/(react|react-dom|scheduler|@tanstack\/(history|react-router|react-store|router-core|store))\//;

export default defineConfig({
  plugins: [react()],
  // React has it by itself; the shim is for versions before 18.
  resolve: { alias: { "use-sync-external-store/shim": "use-sync-external-store" } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    manifest: true,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "base", test: base }] } } },
  },
  server: {
    proxy: { "/api": { target: api, secure: false }, "/ca.pem": { target: api, secure: false } },
  },
});
