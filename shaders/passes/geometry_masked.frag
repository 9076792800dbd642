// The geometry pass for materials that are cut out by their alpha.
#include "surface/alpha.glsl"
#include "passes/geometry.frag"
