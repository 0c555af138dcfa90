/** Theme, text size and language of this browser. */
import type { ReactElement } from 'react';
import { changeSettings, textSizes, useSettings } from '../shell/settings.ts';
import type { Settings } from '../shell/settings.ts';
import { languages } from '../words/languages.ts';
import { useAllWords } from '../words/all-words.ts';

export function LookSettings(): ReactElement {
  const { w, f } = useAllWords();
  const { theme, textSize, language } = useSettings();
  const themes: readonly { readonly theme: Settings['theme']; readonly says: string }[] = [
    { theme: 'system', says: w.you.system },
    { theme: 'light', says: w.you.light },
    { theme: 'dark', says: w.you.dark },
  ];
  return (
    <section aria-labelledby="look">
      <h2 id="look">{w.you.look}</h2>
      <fieldset className="choice">
        <legend>{w.you.theme}</legend>
        {themes.map((each) => (
          <label key={each.theme}>
            <input
              type="radio"
              name="theme"
              checked={each.theme === theme}
              onChange={() => changeSettings({ theme: each.theme })}
            />
            {each.says}
          </label>
        ))}
      </fieldset>
      <div className="selects">
        <label>
          {w.you.textSize}
          <select value={textSize} onChange={(event) => changeSettings({ textSize: Number(event.target.value) })}>
            {textSizes.map((size) => (
              <option key={size} value={size}>
                {f.percent(size)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w.you.language}
          <select value={language ?? ''} onChange={(event) => changeSettings({ language: event.target.value || null })}>
            <option value="">{w.you.languageSystem}</option>
            {languages.map(({ code, name }) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {!w.reviewed && <p className="quiet small">{w.you.unreviewed}</p>}
    </section>
  );
}
