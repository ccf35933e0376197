/** Letters, digits and `. _ @ + -`: what looks the same on every screen. 3 to 100 characters. */
export const LOGIN = /^[A-Za-z0-9][A-Za-z0-9._@+-]{2,99}$/;

/** Two logins that differ in case only are the same login. */
export function loginKey(login: string): string {
  return login.toLowerCase();
}
