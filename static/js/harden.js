// Lets htmx work under Trusted Types, and turns off everything in it that would evaluate text as code.
if (window.htmx) htmx.registerExtension("harden", {
  init(api) {
    const deny = () => { throw new Error("evaluation is off"); };
    const pass = { createHTML: (text) => text, createScript: () => "" };
    const policy = window.trustedTypes ? trustedTypes.createPolicy("htmx", pass) : pass;
    api.initSecurity(policy, deny, deny);
  },
});
