// Names and values, one under the other.
import { Fragment, type ReactNode } from "react";

type Props = { pairs: Record<string, ReactNode>; className?: string };

export function Pairs({ pairs, className }: Props) {
  return (
    <dl className={className}>
      {Object.entries(pairs).map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
