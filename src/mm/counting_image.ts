/**
 * The image that counts calls too (the `calls.*` fields): for fixtures, replays, and wherever one engine is compared
 * with another implementation of the same revision. A campaign, which compares none of them, does without.
 */
import { Image } from './image.js';

export class CountingImage extends Image {
  protected override countCall(word: number): void {
    this.count(word, 1);
  }
}
