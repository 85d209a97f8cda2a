// A passkey is made or shown: the server says what it wants, the browser asks its person, and the form sends the answer.

const field = (form, name) => form.elements.namedItem(name);

async function wanted(form) {
  const answer = await fetch(form.dataset.passkey, {
    method: "POST",
    headers: { "X-CSRFToken": field(form, "csrfmiddlewaretoken").value },
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function shown(options, making) {
  if (making) {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  // Browsers that know no passkeys, and pages that came without encryption, show no way to them.
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (field(form, "credential").value) return;
    event.preventDefault();
    const refused = form.querySelector("[role=alert]");
    refused.hidden = true;
    try {
      const credential = await shown(await wanted(form), form.dataset.making !== undefined);
      field(form, "credential").value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      refused.hidden = false;
    }
  });
}
