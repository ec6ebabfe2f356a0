// Times as the reader wants them: ISO dates, 24 hours, in UTC or in local time. One switch
// (preferences.clock) governs every time on the page.
import { useEffect, useState } from "react";
import type { Preferences } from "./preferences";

export type ClockMode = Preferences["clock"];

const two = (value: number) => String(value).padStart(2, "0");

/** `2026-11-22` */
export function formatDate(at: Date, mode: ClockMode): string {
  if (mode === "utc") return at.toISOString().slice(0, 10);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** `12:04:33` */
export function formatTime(at: Date, mode: ClockMode): string {
  if (mode === "utc") return at.toISOString().slice(11, 19);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `2026-11-22 12:04:33` */
export function formatDateTime(at: Date, mode: ClockMode): string {
  return `${formatDate(at, mode)} ${formatTime(at, mode)}`;
}

/** `UTC`, or the local zone such as `UTC+1`. */
export function zoneName(mode: ClockMode, at = new Date()): string {
  if (mode === "utc") return "UTC";
  const minutes = -at.getTimezoneOffset();
  if (minutes === 0) return "UTC+0";
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${two(rest)}` : ""}`;
}

/** `8 s ago`; times a little ahead of this computer's clock count as now. */
export function formatAgo(at: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));
  if (seconds < 2) return "just now";
  return `${formatSpan(seconds)} ago`;
}

/** A span in its largest unit: `42 s`, `3 min`, `5 h`, `12 d`. */
export function formatSpan(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A span of days and clock time: `41 d 06:12`. */
export function formatUptime(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${days > 0 ? `${days} d ` : ""}${two(hours)}:${two(minutes)}`;
}

/** The present, renewed at the given interval while the component is shown. */
export function useNow(intervalMs: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return now;
}
