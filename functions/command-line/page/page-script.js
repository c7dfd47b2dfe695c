/** Search, sorting and scrolling by keyboard for the tables of a page. It adds its own controls, so a page without script has none that do nothing. */
{
  /** @typedef {'ascending' | 'descending' | 'none'} Order */
  const COLLATOR = new Intl.Collator('en', { numeric: true });
  /** @type {Readonly<Record<string, Order>>} */
  const NEXT = { none: 'ascending', ascending: 'descending', descending: 'none' };

  const textOf = (/** @type {Element | null | undefined} */ element) => element?.textContent?.trim() ?? '';
  const numberOf = (/** @type {string} */ text) => Number.parseFloat(text.replaceAll(',', ''));
  /** Without case and accents, so that a search finds more. */
  const folded = (/** @type {string} */ text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const count = (/** @type {number} */ rows) => rows.toLocaleString('en');

  /** @typedef {{ compare: (one: string, other: string) => number, isEmpty: (text: string) => boolean }} Kind */
  /** How the cells of a column are sorted. @type {Readonly<Record<string, Kind>>} */
  const KINDS = {
    number: {
      compare: (one, other) => numberOf(one) - numberOf(other),
      isEmpty: (text) => Number.isNaN(numberOf(text)),
    },
    date: { compare: (one, other) => (one < other ? -1 : Number(one > other)), isEmpty: (text) => text === '' },
  };
  /** @type {Kind} */
  const TEXT = { compare: COLLATOR.compare, isEmpty: (text) => text === '' };

  /**
   * The sort is stable, and empty cells come last in both orders.
   * @param {readonly HTMLTableRowElement[]} rows @param {number} column @param {Kind} kind @param {Order} order
   */
  const sorted = (rows, column, { compare, isEmpty }, order) => {
    if (order === 'none') return rows;
    const sign = order === 'ascending' ? 1 : -1;
    const cells = rows.map((row) => ({ row, text: textOf(row.cells[column]) }));
    const [filled, empty] = [false, true].map((wanted) => cells.filter(({ text }) => isEmpty(text) === wanted));
    filled?.sort((one, other) => sign * compare(one.text, other.text));
    return [...(filled ?? []), ...(empty ?? [])].map(({ row }) => row);
  };

  const addSorting = (/** @type {HTMLTableElement} */ table) => {
    const [body] = table.tBodies;
    const rows = [...(body?.rows ?? [])];
    const headers = [...(table.tHead?.rows[0]?.cells ?? [])];
    headers.forEach((header, column) => {
      if (textOf(header) === '') return;
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener('click', () => {
        const order = NEXT[header.ariaSort ?? 'none'] ?? 'none';
        for (const other of headers) other.ariaSort = null;
        if (order !== 'none') header.ariaSort = order;
        body?.append(...sorted(rows, column, KINDS[header.dataset['kind'] ?? ''] ?? TEXT, order));
      });
    });
  };

  const addSearch = (/** @type {HTMLTableElement} */ table) => {
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    const texts = new Map(rows.map((row) => [row, folded([...row.cells].map(textOf).join('\n'))]));
    const input = document.createElement('input');
    Object.assign(input, { type: 'search', autocomplete: 'off', spellcheck: false });
    input.ariaLabel = `Search: ${textOf(table.caption)}`;
    const label = document.createElement('label');
    label.append('Search ', input);
    const status = document.createElement('span');
    status.role = 'status';
    const tools = document.createElement('div');
    tools.className = 'tools';
    tools.append(label, status);
    input.addEventListener('input', () => {
      const words = folded(input.value).match(/\S+/g) ?? [];
      for (const row of rows) row.hidden = !words.every((word) => texts.get(row)?.includes(word));
      const found = rows.filter((row) => !row.hidden).length;
      const isFiltered = words.length > 0;
      status.textContent = isFiltered ? `${count(found)} of ${count(rows.length)} rows match.` : '';
      tools.classList.toggle('filtered', isFiltered);
    });
    table.parentElement?.before(tools);
  };

  /** A region that needn't be scrolled is no stop for Tab. */
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries)
      if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0');
      else target.removeAttribute('tabindex');
  });
  for (const region of document.querySelectorAll('.scroll')) observer.observe(region);

  /** @type {NodeListOf<HTMLTableElement>} */
  const tables = document.querySelectorAll('table[data-searchable]');
  for (const table of tables) {
    addSearch(table);
    addSorting(table);
  }
}
