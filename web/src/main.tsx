// Starts the page: the query cache, the router, and Base UI without its own style elements
// (the Content Security Policy forbids them).
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./tokens.css";
import "./base.css";
import { watchSystemTheme } from "./lib/preferences";
import { queryClient, router } from "./router";
import { Notices } from "./ui/Notices";

watchSystemTheme();
const root = document.getElementById("root");
if (!root) throw new Error("index.html holds no #root");

createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Notices />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
