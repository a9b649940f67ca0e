// Package browser looks at the tracker's site with a real browser, Chromium. It is a
// module of its own, so that the product does not carry what drives the browser.
//
// The browser is the one that CHROMIUM names, or else chromium, google-chrome or
// chrome on the PATH; without one the tests fail. Screenshots go to the folder that
// SCREENSHOTS names, and a whole site to the one that SITE names, or they are not kept.
// scripts/test-browser installs what is missing and keeps both; make test calls it.
package browser
