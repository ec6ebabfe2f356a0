// The rules a password must meet, checked while it is typed. The server checks them again and
// also knows the most common passwords.

export type Rule = { text: string; met: boolean };

const shortestLikeness = 4;

/** Words of the name and of the address that are long enough to give a password away. */
function personalWords(name: string, email: string): string[] {
  const words = `${name} ${email.split("@")[0]}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return words.filter((word) => word.length >= shortestLikeness);
}

/** The lengths are what the instance says (GET /meta/instance); `besideMin`, where it is not known
 * whether there is a second factor, what would do beside one. */
export function passwordRules(
  password: string,
  name: string,
  email: string,
  lengthMin: number,
  besideMin = lengthMin,
): Rule[] {
  const lower = password.toLowerCase();
  const personal = personalWords(name, email).some((word) => lower.includes(word));
  const length =
    besideMin < lengthMin
      ? `At least ${lengthMin} characters; with an authenticator app ${besideMin} will do`
      : `At least ${lengthMin} characters`;
  return [
    { text: length, met: [...password].length >= lengthMin },
    { text: "Not only digits", met: password !== "" && !/^\d+$/.test(password) },
    { text: "Without your name or e-mail", met: password !== "" && !personal },
  ];
}
