/** Search and sorting for the tables of a page. It adds its own controls, so a page without script has none that do nothing. */
{
  const COLLATOR = new Intl.Collator('en', { numeric: true });
  const WORD = /\S+/g;
  const NEXT = { none: 'ascending', ascending: 'descending', descending: 'none' };

  const textOf = (cell) => cell.textContent.trim();
  const folded = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const numberOf = (cell) => Number.parseFloat(textOf(cell).replaceAll(',', ''));

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  /** A comparison of two cells in ascending order, and whether a cell has nothing to compare, which puts its row last. */
  const BY_KIND = {
    number: {
      compare: (one, other) => numberOf(one) - numberOf(other),
      isEmpty: (cell) => Number.isNaN(numberOf(cell)),
    },
    date: {
      compare: (one, other) => (textOf(one) < textOf(other) ? -1 : Number(textOf(one) > textOf(other))),
      isEmpty: (cell) => textOf(cell) === '',
    },
    text: {
      compare: (one, other) => COLLATOR.compare(textOf(one), textOf(other)),
      isEmpty: (cell) => textOf(cell) === '',
    },
  };

  const sorted = (rows, column, kind, order) => {
    if (order === 'none') return rows;
    const { compare, isEmpty } = BY_KIND[kind];
    const cell = (row) => row.cells[column];
    const sign = order === 'ascending' ? 1 : -1;
    const filled = rows
      .filter((row) => !isEmpty(cell(row)))
      .sort((one, other) => sign * compare(cell(one), cell(other)));
    return [...filled, ...rows.filter((row) => isEmpty(cell(row)))];
  };

  const addSorting = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      if (textOf(header) === '') return;
      const button = make('button', { type: 'button' }, ...header.childNodes);
      button.addEventListener('click', () => {
        const order = NEXT[header.ariaSort ?? 'none'];
        for (const other of headers) other.ariaSort = null;
        header.ariaSort = order === 'none' ? null : order;
        body.append(...sorted(rows, column, header.dataset.kind ?? 'text', order));
      });
      header.append(button);
    });
  };

  const addSearch = (table) => {
    const rows = [...table.tBodies[0].rows];
    const texts = rows.map((row) => folded([...row.cells].map(textOf).join('\n')));
    const input = make('input', { type: 'search', autocomplete: 'off', spellcheck: false });
    input.setAttribute('aria-label', `Search: ${textOf(table.caption)}`);
    const count = make('span', { role: 'status' });
    const tools = make('div', { className: 'tools' }, make('label', {}, 'Search ', input), count);
    input.addEventListener('input', () => {
      const words = folded(input.value).match(WORD) ?? [];
      rows.forEach((row, index) => {
        row.hidden = !words.every((word) => texts[index].includes(word));
      });
      const found = rows.filter((row) => !row.hidden).length;
      const total = `${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'row' : 'rows'}`;
      count.textContent = words.length === 0 ? '' : `${found.toLocaleString('en')} of ${total} found`;
      tools.classList.toggle('filtered', words.length > 0);
    });
    table.parentElement.before(tools);
  };

  for (const table of document.querySelectorAll('table[data-searchable]')) {
    addSearch(table);
    addSorting(table);
  }
}
