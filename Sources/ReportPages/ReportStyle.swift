/// How pages look.
package enum ReportStyle {
    /// The page's only style sheet. Colours are variables, so that light, dark and print differ in one place each; nothing is
    /// said by colour alone.
    package static let sheet = """
        :root {
          --paper: #ffffff; --card: #f6f6f3; --ink: #1c2024; --soft: #565d64; --rule: #d9d8d2; --grid: #e8e7e2;
          --link: #1f5f99; --bar: #9fb4c7; --dot: #6d7f90; --found: #a32a1c; --found-wash: #fbecea;
          --none: #20694a; --open: #85590a; --level: #85590a;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #15181b; --card: #1e2226; --ink: #e7e9ea; --soft: #a7b0b8; --rule: #373d43; --grid: #2a2f34;
            --link: #8cc0ee; --bar: #4b6379; --dot: #93a7ba; --found: #ff9384; --found-wash: #3a211e;
            --none: #7fcfa8; --open: #e5b45c; --level: #e5b45c;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
        }
        main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
        h1, h2, h3 { line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; }
        h1 { font-size: clamp(1.6rem, 1.2rem + 1.8vw, 2.3rem); margin: 0.2rem 0 0.4rem; font-weight: 650; }
        h2 { font-size: 1.3rem; margin: 0 0 0.6rem; font-weight: 650; }
        h3 { font-size: 1rem; margin: 1rem 0 0.3rem; font-weight: 650; }
        p, li, dd { overflow-wrap: anywhere; }
        p, ul, ol, .terms { max-width: 46rem; }
        p { margin: 0 0 0.8rem; }
        ul, ol { margin: 0 0 0.8rem; padding-left: 1.2rem; }
        li { margin: 0.25rem 0; }
        section { margin-top: 2.75rem; }
        .over { margin: 0; color: var(--soft); letter-spacing: 0.04em; font-size: 0.9rem; }
        .meta { color: var(--soft); font-size: 0.9rem; }
        code {
          font: 0.86em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
          overflow-wrap: anywhere;
        }
        .verdict {
          margin-top: 1.5rem; padding: 1.5rem; background: var(--card); border-radius: 10px;
          border-left: 6px solid var(--tone);
        }
        .verdict.trained { --tone: var(--found); }
        .verdict.none { --tone: var(--none); }
        .verdict.open { --tone: var(--open); }
        .verdict h2 { color: var(--tone); font-size: 1.55rem; }
        .lead { font-size: 1.13rem; max-width: 52rem; }
        .pair { display: grid; gap: 0 2.5rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
        .pair ul { margin-bottom: 0; }
        .tiles {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1.25rem 1.5rem;
          margin: 1.75rem 0 0; padding: 0;
        }
        .tiles div {
          display: flex; flex-direction: column-reverse; justify-content: flex-end;
          border-top: 1px solid var(--rule); padding-top: 0.5rem;
        }
        .tiles dt { color: var(--soft); font-size: 0.85rem; line-height: 1.3; }
        .tiles dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
        .terms dt { font-weight: 650; margin-top: 0.8rem; }
        .terms dd { margin: 0.1rem 0 0; }
        .note { padding: 0.7rem 1rem; background: var(--card); border-left: 3px solid var(--open); }
        .plots {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr));
          gap: 1.5rem 1.75rem; margin: 1.25rem 0;
        }
        figure { margin: 0; max-width: 30rem; }
        figcaption {
          font-size: 0.87rem; color: var(--soft); line-height: 1.4; margin-top: 0.2rem;
          overflow-wrap: anywhere;
        }
        figcaption strong { color: var(--ink); font-weight: 600; }
        svg { display: block; width: 100%; height: auto; }
        svg text {
          font: 11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: var(--soft);
          font-variant-numeric: tabular-nums;
        }
        svg .axis { fill: var(--soft); }
        svg .label {
          fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 3px;
          stroke-linejoin: round;
        }
        svg .level { stroke: var(--level); stroke-width: 1.2; stroke-dasharray: 5 4; }
        svg text.level {
          fill: var(--level); stroke: var(--paper); stroke-width: 3px; stroke-dasharray: none;
          paint-order: stroke;
        }
        .grid { stroke: var(--grid); }
        .base { stroke: var(--soft); }
        .bar { fill: var(--bar); }
        .dot { fill: var(--dot); }
        .found { fill: var(--found); }
        .real { stroke: var(--found); stroke-width: 2.5; }
        .real.plain { stroke: var(--ink); }
        .curve { fill: none; stroke: var(--found); stroke-width: 2.5; stroke-linejoin: round; }
        .curve.plain { stroke: var(--ink); }
        .other { fill: none; stroke: var(--bar); stroke-width: 1; opacity: 0.75; }
        .scroll { overflow-x: auto; margin: 0.75rem 0 1rem; border: 1px solid var(--rule); border-radius: 8px; }
        .scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding: 0.6rem 0.8rem; color: var(--soft); font-size: 0.87rem; }
        th, td { padding: 0.45rem 0.8rem; text-align: left; vertical-align: top; border-top: 1px solid var(--rule); }
        thead th { font-weight: 600; color: var(--soft); vertical-align: bottom; line-height: 1.25; }
        tbody th { font-weight: 600; min-width: 6rem; overflow-wrap: anywhere; }
        td { min-width: 4rem; }
        td code { display: inline-block; min-width: 9.5rem; max-width: 34rem; }
        .n { text-align: right; white-space: nowrap; }
        thead .n { white-space: normal; min-width: 6.75rem; }
        .s { white-space: nowrap; }
        .w { min-width: 15rem; }
        .hit { background: var(--found-wash); }
        .mark { color: var(--found); white-space: nowrap; }
        details { margin: 0 0 1rem; }
        summary { cursor: pointer; color: var(--link); padding: 0.25rem 0; }
        @media (max-width: 40rem) {
          main { padding: 1.5rem 1rem 3rem; }
          .verdict { padding: 1.1rem 1rem; }
          section { margin-top: 2.25rem; }
          th, td { padding: 0.4rem 0.6rem; }
          .w { min-width: 24rem; }
        }
        @media print {
          :root {
            --paper: #ffffff; --card: #f6f6f3; --ink: #000000; --soft: #444444; --rule: #c8c8c8; --grid: #e4e4e4;
            --link: #000000; --bar: #b4c0cb; --dot: #6d7f90; --found: #8f1f12; --found-wash: #f8ebe9;
            --none: #14523a; --open: #6b4705; --level: #6b4705;
          }
          @page { margin: 16mm 14mm; }
          body { font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          main { max-width: none; padding: 0; }
          .verdict, figure, tr, .tiles div { break-inside: avoid; }
          h2, h3, summary, caption { break-after: avoid; }
          .plots { grid-template-columns: repeat(2, 1fr); gap: 6mm; }
          section > h2 + p, .note { break-inside: avoid; break-after: avoid; }
          .scroll { overflow: visible; border: 0; }
          table { font-size: 8pt; }
          th, td { padding: 0.9mm 1.6mm; min-width: 0; }
          td code, thead .n, tbody th { min-width: 0; }
          td code { word-break: break-all; }
          .w { min-width: 0; }
          details::details-content { content-visibility: visible; display: block; height: auto; }
        }
        """
}
