/** The part of the WebAssembly API that engines use: every Node has it, none of the type libraries here does. */

declare global {
  namespace WebAssembly {
    class Module {
      constructor(bytes: Uint8Array<ArrayBuffer>);
    }
    class Instance {
      readonly exports: Readonly<Record<string, unknown>>;
      constructor(module: Module, imports: Readonly<Record<string, object>>);
    }
    class RuntimeError extends Error {}
    class Memory {
      readonly buffer: ArrayBuffer;
      constructor(size: { readonly initial: number; readonly maximum: number });
    }
  }
}

export {};
