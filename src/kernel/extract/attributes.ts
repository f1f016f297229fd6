/** Words of the kernel's compiler attributes: the grammar may take them for types, and nobody defines them in C. */
const NAMES = [
  '__always_inline|__init|__exit|__ref|__maybe_unused|__always_unused|__must_check|__pure|__attribute_const__',
  'noinline|noinline_for_stack|__cold|__sched|notrace|__bitwise|__force|__user|__rcu|__iomem|__percpu|__private',
  '__read_mostly|__ro_after_init|__initdata|asmlinkage|__meminit|__no_kcsan|__flatten|__randomize_layout',
  '____cacheline_aligned_in_smp|__cacheline_aligned|__latent_entropy|nokprobe_inline|__packed',
].join('|');

const ATTRIBUTES = new RegExp(`\\b(?:${NAMES})\\b`, 'g');
const ALONE = new RegExp(`^(?:${NAMES})$`);

export const isAttribute = (name: string): boolean => ALONE.test(name);

/** The text with spaces in their place; for what is parsed, never for what is extracted. */
export const blankAttributes = (text: string): string => text.replace(ATTRIBUTES, (word) => ' '.repeat(word.length));
