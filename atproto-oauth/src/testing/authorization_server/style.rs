//! How the pages look, in light and dark.

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

pub(super) async fn serve() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

const STYLE: &str = r"
:root {
  color-scheme: light dark;
  --ground: light-dark(#eef1f6, #10141b);
  --card: light-dark(#ffffff, #1a202a);
  --text: light-dark(#1b2330, #e8ecf3);
  --soft: light-dark(#5a6577, #9ba7ba);
  --line: light-dark(#c9d1de, #36404f);
  --accent: light-dark(#1f5fd6, #7fb0ff);
  --on-accent: light-dark(#ffffff, #0b1626);
  --alarm: light-dark(#a3161c, #ffb0ad);
  --alarm-ground: light-dark(#fdeceb, #3a1a1c);
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 2rem 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
}
header { max-width: 26rem; margin: 0 auto 1rem; color: var(--soft); font-size: .9rem; }
.mark {
  display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin-right: .3em;
  border: .22em solid var(--accent); vertical-align: -.05em;
}
main {
  max-width: 26rem; margin: 0 auto; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem;
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.2; }
.lead { margin: .4rem 0 1.4rem; color: var(--soft); overflow-wrap: anywhere; }
.lead b { color: var(--text); }
label { display: block; margin: 1rem 0 .3rem; font-weight: 600; }
input:not([type]), input[type=password] {
  width: 100%; padding: .6rem .8rem; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: .5rem;
}
.check { display: flex; gap: .6rem; font-weight: 400; align-items: baseline; }
.check input { accent-color: var(--accent); }
.actions { display: flex; gap: .8rem; margin-top: 1.6rem; }
button {
  flex: 1; padding: .65rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-accent); background: var(--accent);
  border: 1px solid var(--accent); border-radius: .5rem;
}
button.quiet, button.account { color: var(--text); background: transparent; border-color: var(--line); }
button.account { display: block; width: 100%; margin-bottom: .6rem; text-align: left; }
button.account + button.quiet { width: 100%; }
small { display: block; font-weight: 400; color: var(--soft); overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
fieldset { margin: 0; padding: 0; border: 0; }
legend { padding: 0; font-weight: 600; }
ul { margin: 0; padding: 0; list-style: none; }
li { border-bottom: 1px solid var(--line); padding-bottom: .6rem; }
li .check { margin-top: .6rem; }
code { font-size: .85em; color: var(--soft); overflow-wrap: anywhere; }
.note { margin: 1.4rem 0 0; font-size: .9rem; color: var(--soft); }
.alert {
  padding: .7rem 1rem; border-radius: .5rem; color: var(--alarm); background: var(--alarm-ground);
}
";
