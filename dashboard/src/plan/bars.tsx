export interface Bar {
  readonly name: string;
  readonly value: number;
}

interface Props {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly worded: (value: number) => string;
}

/** A table whose numbers have bars. */
export function Bars({ title, bars, worded }: Props) {
  const most = Math.max(0, ...bars.map(({ value }) => value));
  return (
    <table class="bars">
      <caption>{title}</caption>
      <tbody>
        {bars.map(({ name, value }) => (
          <tr key={name}>
            <th scope="row">
              {name}
              <div
                class="bar"
                aria-hidden="true"
                style={{ width: value > 0 ? `max(1px, ${(100 * value) / most}%)` : 0 }}
              />
            </th>
            <td>{worded(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
