// Light that is scattered on its way through, KHR_materials_diffuse_transmission: leaves, paper, wax. Of what enters,
// a share leaves on the side behind, evenly, with a colour of its own.
// The numpy twin is `taixu.render.reflectance.diffuse_transmission`.
#include "surface/inputs.glsl"

// Albedo towards the side behind, by the share of light that enters and is not let through clearly.
vec3 leaked_albedo(SurfaceInputs s, float entering) { return s.diffuse_transmission_color * (entering * s.diffuse_transmission); }

// Light from behind that leaves towards the camera, by irradiance on a surface that faces the light.
vec3 leaked_light(vec3 albedo, float n_dot_l) { return albedo * (max(-n_dot_l, 0.0) / PI); }
