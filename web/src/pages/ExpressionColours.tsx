// Lies behind the field of an expression, whose own text is transparent, letter for letter, and
// gives it its height.
import { aggregations, functions, keywords, type Slip, type Token, tokensOf } from "../lib/promql";
import { classes } from "../ui/classes";
import styles from "./ExpressionField.module.css";

export function ExpressionColours({ text, slip }: { text: string; slip: Slip | null }) {
  const parts = [];
  let at = 0;
  for (const token of tokensOf(text)) {
    const isWrong = slip !== null && token.begin <= slip.at && slip.at < token.end;
    parts.push(text.slice(at, token.begin));
    parts.push(
      <span key={token.begin} className={classes(colourOf(token), isWrong && styles.wrong)}>
        {token.text}
      </span>,
    );
    at = token.end;
  }
  const isBeyond = slip !== null && slip.at >= at;
  return (
    <div className={styles.colours} aria-hidden="true">
      {parts}
      {text.slice(at)}
      {isBeyond && <span className={styles.wrong}>{"\u00a0"}</span>}
      {/* An empty last line has no height of its own. */}
      {text.endsWith("\n") && "\u200b"}
    </div>
  );
}

function colourOf({ kind, text }: Token): string | undefined {
  if (kind === "string") return styles.string;
  if (kind === "number") return styles.number;
  if (kind === "comment") return styles.comment;
  const isVerb = aggregations.includes(text) || keywords.includes(text) || text in functions;
  return kind === "word" && isVerb ? styles.verb : undefined;
}
