/**
 * The kernel's own functions as an engine: do_fault() carries scene and image into the compiled code, lets it handle
 * the fault, and takes the image back. What is not versioned (access, zap, ageing, ->fault, other threads) stays here.
 */
import { CountingImage } from '../../mm/counting_image.js';
import { FaultHandler } from '../../mm/fault.js';
import { fileFault } from '../../mm/filemap_fault.js';
import type { Image } from '../../mm/image.js';
import { evictPoisoned, truncateFolio } from '../../mm/other_threads.js';
import type { EngineClass } from '../../mm/revision.js';
import type { Scene } from '../../mm/scene.js';
import type { KernelArch } from '../config.js';
import { SCENE } from '../layout.js';
import { Events, type Place } from './events.js';
import { type Host, Machine } from './machine.js';
import { imageIn, memoryOf, newMemory } from './memory.js';

/** A tree, compiled. */
export interface CompiledKernel {
  /** for each architecture that it was compiled for */
  readonly modules: ReadonlyMap<KernelArch, WebAssembly.Module>;
  /** the tree has FAULT_FLAG_VMA_LOCK */
  readonly knowsVmaLock: boolean;
  /** of code that counts: where its statements stand, by the numbers of their counters; it tells what faults do */
  readonly places?: ReadonlyMap<KernelArch, readonly Place[]>;
}

/** The compiled architecture that a modelled one runs on. */
export function kernelArchOf(name: string): KernelArch | undefined {
  if (name === 'x86-64' || name === 'arm64-contpte' || name === 'riscv64') return name;
  return name === 'arm64' || name === 'arm64-noaf' ? 'arm64' : undefined;
}

/** Told of each instance of the compiled code when it is made. */
export type OnMachine = (arch: KernelArch, machine: Machine) => void;

/** The engine's class, as a revision holds it. */
export function kernelEngine(kernel: CompiledKernel, onMachine: OnMachine = () => {}): EngineClass {
  return class extends KernelEngine {
    constructor(scene: Scene, image: Image) {
      super(scene, image, kernel, onMachine);
    }
  };
}

export abstract class KernelEngine extends FaultHandler {
  private readonly machines = new Map<KernelArch, Machine>();
  /** the machine of the fault before, and its architecture */
  private last: { readonly name: string; readonly machine: Machine } | null = null;
  private readonly counting: number;
  private readonly memory: WebAssembly.Memory;
  /** where the compiled code sees the image; null where it is the image itself */
  private readonly copy: Int32Array | null;

  constructor(
    scene: Scene,
    image: Image,
    private readonly kernel: CompiledKernel,
    private readonly onMachine: OnMachine,
  ) {
    super(scene, image);
    this.counting = image instanceof CountingImage ? 1 : 0;
    const shared = memoryOf(image.words);
    this.memory = shared ?? newMemory();
    this.copy = shared === undefined ? imageIn(this.memory, image.words.length) : null;
  }

  /** How often each counter of the architecture's code was passed on this engine, by its number; in its memory. */
  hits(arch: KernelArch, counters: number): Uint32Array {
    return this.machines.get(arch)?.hits(counters) ?? new Uint32Array(counters);
  }

  override knows_vma_lock(): boolean {
    return this.kernel.knowsVmaLock;
  }

  override showsFaultAround(): boolean {
    return false;
  }

  filemap_map_pages(): number {
    throw new Error('filemap_map_pages() is called inside of the compiled kernel');
  }

  finish_fault(): number {
    throw new Error('finish_fault() is called inside of the compiled kernel');
  }

  /** @throws KernelDied */
  override do_fault(): number {
    const { image, vmf } = this;
    const machine = this.machine();
    const block = machine.scene;
    machine.load(this.scene);
    block[SCENE.COUNTING] = this.counting;
    block[SCENE.FAULT_FLAGS] = vmf.flags;
    block[SCENE.FAULT_SLOT] = vmf.address;
    block[SCENE.SETTER_CALLED] = 0;
    this.copy?.set(image.words);
    const ret = machine.run();
    if (this.copy !== null) image.words.set(this.copy);
    if (block[SCENE.SETTER_CALLED] !== 0) image.setterCalled = true;
    return ret;
  }

  /** @throws RangeError for an architecture that the tree was not compiled for */
  private machine(): Machine {
    const { name } = this.scene.arch;
    if (this.last?.name === name) return this.last.machine;
    const machine = this.machineFor(name);
    this.last = { name, machine };
    return machine;
  }

  private machineFor(name: string): Machine {
    const arch = kernelArchOf(name);
    const known = arch === undefined ? undefined : this.machines.get(arch);
    if (known !== undefined) return known;
    const module = arch === undefined ? undefined : this.kernel.modules.get(arch);
    if (arch === undefined || module === undefined) throw new RangeError(`the kernel is not compiled for ${name}`);
    const machine: Machine = new Machine(
      module,
      this.hostOf(() => machine, arch),
      this.memory,
      this.image.slots,
    );
    this.machines.set(arch, machine);
    this.onMachine(arch, machine);
    if (this.kernel.places !== undefined) machine.watch();
    return machine;
  }

  /** What the compiled code calls out for works on this engine's image, and goes back. */
  private hostOf(machine: () => Machine, arch: KernelArch): Host {
    const { scene, image, vmf, copy } = this;
    const places = this.kernel.places?.get(arch);
    const events = places === undefined ? null : new Events(places, image);
    // Around everything that works on the image; a closure for each call would be garbage.
    const begin = (): void => {
      if (copy !== null) image.words.set(copy);
    };
    const end = (): void => copy?.set(image.words);
    return {
      fault: (): number => {
        begin();
        vmf.page = -1;
        const ret = fileFault(scene, image, vmf);
        end();
        machine().scene[SCENE.FAULT_PAGE] = vmf.page;
        return ret;
      },
      unmap: (page: number, pages: number): void => {
        begin();
        for (let i = page; i < page + pages; i++) evictPoisoned(scene, image, i);
        end();
      },
      truncate: (folio: number): void => {
        begin();
        truncateFolio(scene, image, folio);
        end();
      },
      race: (finish: number): void => {
        begin();
        this.race_after_lookup();
        this.race_before_lock(finish !== 0);
        end();
      },
      event: (kind: number, at: number, value: number, place: number): void => events?.event(kind, at, value, place),
    };
  }
}
