/* What comes from outside the modules: from the server, from build.js, from browsers newer than TypeScript's tables. */
declare const EMERGENCY_NUMBER: string | undefined;
declare const SpeechRecognition: any;
interface Window {
  SpeechRecognition?: any;
}
declare module '*.css' {
  const text: string;
  export default text;
}
