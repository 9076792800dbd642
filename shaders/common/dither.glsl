// A number from 0 to 1 by pixel, as even as can be among neighbours: Jimenez, "Next Generation Post Processing in Call of Duty:
// Advanced Warfare", 2014.
float dither(vec2 pixel) { return fract(52.9829189 * fract(dot(floor(pixel), vec2(0.06711056, 0.00583715)))); }
