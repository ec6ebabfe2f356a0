// The sign of the product: a watchtower and its signal.
export function Mark({ size }: { size: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M9.5 26.5H22.5L20.8 17.5H22V12H19.5V14H17.25V12H14.75V14H12.5V12H10V17.5H11.2Z"
        fill="var(--on-accent)"
      />
      <path
        d="M13.7 8.6a3.3 3.3 0 014.6 0M11.2 6.1a6.9 6.9 0 019.6 0"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="1.7"
        strokeLinecap="round"
      />
    </svg>
  );
}
