/// The look of reports. The colours of lines are variations of the palette of Okabe and Ito (2008), which stays
/// distinct with the common kinds of colour blindness, lightened for dark grounds.
enum ReportStyle {
  static let css = """
    :root {
      --ground: #f6f7f9; --card: #ffffff; --ink: #1a2029; --soft: #5b6573; --rule: #e3e7ec; --shade: #eef1f5;
      --truth: #1a2029; --model: #0068ab; --first: #d1610a; --second: #00866a; --third: #a8528c; --fourth: #8a6d00;
      --muted: #a7b0bc; --good: #00866a; --warning: #b4540a; --neutral: #5b6573;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #10141a; --card: #181e26; --ink: #e8ecf1; --soft: #9aa6b4; --rule: #2a323d; --shade: #202832;
        --truth: #e8ecf1; --model: #58b4ee; --first: #ff9f4f; --second: #35c9a2; --third: #e29bc9; --fourth: #e3c34a;
        --muted: #5d6978; --good: #35c9a2; --warning: #ff9f4f; --neutral: #9aa6b4;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body {
      margin: 0; background: var(--ground); color: var(--ink); line-height: 1.5;
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
    }
    main { max-width: 1040px; margin: 0 auto; padding: 28px 20px 56px; }
    header { margin-bottom: 18px; }
    h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
    h2 { font-size: 1.15rem; margin: 0 0 14px; letter-spacing: -0.005em; }
    h3 { font-size: 0.95rem; margin: 0 0 8px; font-weight: 600; }
    p { margin: 0 0 12px; max-width: 80ch; text-wrap: pretty; }
    .sub { color: var(--soft); margin: 6px 0 0; }
    section {
      background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 20px 22px; margin: 18px 0;
    }
    section > :last-child { margin-bottom: 0; }
    .statement {
      background: var(--card); border: 1px solid var(--rule); border-left: 5px solid var(--tone);
      border-radius: 12px; padding: 16px 22px; margin: 18px 0;
    }
    .statement strong { color: var(--tone); font-size: 1.1rem; }
    .statement p { margin: 4px 0 0; font-size: 1.05rem; }
    .good { --tone: var(--good); } .warning { --tone: var(--warning); } .neutral { --tone: var(--neutral); }
    .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 18px 0; }
    .facts > div { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 12px 16px; }
    dt { color: var(--soft); font-size: 0.84rem; }
    dd { margin: 0; font-size: 1.4rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
    dd small { display: block; font-size: 0.8rem; font-weight: 400; color: var(--soft); line-height: 1.35; }
    .figures { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 26px 28px; margin: 0 0 16px; }
    figure { margin: 0; min-width: 0; }
    .full { grid-column: span 6; } .half { grid-column: span 3; } .third { grid-column: span 2; }
    figcaption { color: var(--soft); font-size: 0.88rem; margin-top: 6px; }
    svg { display: block; width: 100%; height: auto; overflow: visible; }
    .narrow { display: none; }
    details { margin: 8px 0; font-size: 0.92rem; }
    figure details { font-size: 0.85rem; margin: 4px 0 0; }
    summary { cursor: pointer; color: var(--soft); }
    summary:hover { color: var(--ink); }
    details[open] > summary { margin-bottom: 8px; }
    .scroll { overflow-x: auto; margin: 0 0 12px; }
    details .scroll { max-height: 420px; overflow: auto; }
    table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; min-width: 50%; }
    th, td { padding: 5px 12px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
    th { color: var(--soft); font-weight: 600; }
    .w { text-align: left; } .v { white-space: normal; overflow-wrap: anywhere; min-width: 11em; }
    th:first-child, td:first-child { padding-left: 0; }
    .e td { font-weight: 600; color: var(--model); }
    ul { margin: 0 0 12px; padding-left: 20px; }
    li { margin: 4px 0; max-width: 80ch; }
    pre {
      background: var(--shade); border-radius: 8px; padding: 12px 14px; margin: 0 0 12px; white-space: pre-wrap;
      overflow-wrap: anywhere;
      font: 0.85rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    }
    svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
    .t { fill: var(--soft); } .n { fill: var(--ink); } svg .h { font-weight: 600; }
    .g { stroke: var(--rule); stroke-width: 1; } .a { stroke: var(--muted); stroke-width: 1; }
    .m { stroke: var(--muted); stroke-width: 1.2; stroke-dasharray: 4 3; } .r { fill: var(--shade); }
    .l { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
    .d { stroke-dasharray: 6 4; stroke-linecap: butt; } .p, .f { fill: var(--c); }
    .s { fill: none; stroke: var(--c); stroke-width: 4; stroke-linecap: round; opacity: 0.55; }
    .b { fill: var(--c); opacity: 0.18; }
    .c-truth { --c: var(--truth); } .c-model { --c: var(--model); } .c-first { --c: var(--first); }
    .c-second { --c: var(--second); } .c-third { --c: var(--third); } .c-fourth { --c: var(--fourth); }
    .c-muted { --c: var(--muted); }
    @media (max-width: 680px) {
      main { padding: 18px 12px 40px; }
      h1 { font-size: 1.4rem; }
      section { padding: 16px 14px; } .statement { padding: 14px 16px; }
      .full, .half, .third { grid-column: span 6; }
      .wide { display: none; } .narrow { display: block; }
      .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; } .facts > div { padding: 10px 12px; }
      dd { font-size: 1.2rem; } th, td { padding: 5px 8px; }
    }
    @media print { body { background: none; } section, .facts > div, .statement { break-inside: avoid; } }
    """
}
