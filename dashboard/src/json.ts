/** The Worker and this page are deployed together, so what it says has the shape that the page expects. */
// eslint-disable-next-line typescript/no-unnecessary-type-parameters -- who asks says what it is
export function readJson<Body>(text: string): Body {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- see above; a schema would be a second copy of each type
  return JSON.parse(text) as Body;
}
