// The sign of the product: a watchtower and its light.
export function Mark({ size }: { size: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="1.9"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="M12.2 26l1-10h5.6l1 10M10.6 16h10.8M12.4 12h7.2v4h-7.2zM11 12l5-4 5 4" />
        <path d="M24.2 10.5a6 6 0 010 6.5M7.8 10.5a6 6 0 000 6.5" opacity=".65" />
      </g>
    </svg>
  );
}
