// How the lines of a chart are told apart: by colour and dash together, so that neither is needed
// alone. Fifty looks before one comes again.

const colours = 10;
const dashes: (number[] | undefined)[] = [undefined, [6, 3], [2, 2], [8, 3, 2, 3], [1, 3]];

/** The token of the line's colour, and its dash. */
export function lineLook(index: number): { colour: string; dash: number[] | undefined } {
  const round = Math.floor(index / colours);
  return {
    colour: `--series-${(index % colours) + 1}`,
    dash: dashes[(index + round) % dashes.length],
  };
}
