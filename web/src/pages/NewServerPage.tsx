export function NewServerPage() {
  return null;
}
