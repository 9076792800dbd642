// What passes ask of a material before they draw it.
#include "generated/materials.glsl"

bool is_double_sided(uint material) { return material_row(material).double_sided != 0u; }
bool is_opaque(uint material) { return material_row(material).alpha_mode == ALPHA_MODE_OPAQUE; }
bool is_masked(uint material) { return material_row(material).alpha_mode == ALPHA_MODE_MASK; }

// Opacity below which nothing is drawn.
float hole_below(uint material) { return is_masked(material) ? material_row(material).alpha_cutoff : 1.0 / 512.0; }
