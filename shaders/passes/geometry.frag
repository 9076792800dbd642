#ifdef FADES
#include "common/dither.glsl"
flat in float v_stays;
#endif
// Targets stand at the locations that the pass defines (NORMAL_AT, VELOCITY_AT, ID_AT), those that are wanted.
#ifdef ALPHA_MASK
in vec3 v_cut_out;
in float v_alpha;
flat in uint v_material;
#endif
#ifdef NORMAL_AT
in vec3 v_normal;
layout(location = NORMAL_AT) out vec4 target_normal;
#endif
#ifdef VELOCITY_AT
in vec4 v_now;
in vec4 v_before;
layout(location = VELOCITY_AT) out vec2 target_velocity;
#endif
#ifdef ID_AT
flat in uint v_entity;
layout(location = ID_AT) out uint target_id;
#endif

void main() {
#ifdef FADES
    if (dither(gl_FragCoord.xy) >= v_stays) discard;
#endif
#ifdef ALPHA_MASK
#ifdef SAMPLES
    int standing = standing_samples(v_material, v_cut_out, v_alpha);
    if (standing == 0) discard;
    gl_SampleMask[0] = standing; // the colour pass finds its depth in these samples only
#else
    if (is_cut_out(v_material, v_cut_out, v_alpha)) discard;
#endif
#endif
#ifdef NORMAL_AT
    target_normal = vec4(normalize(v_normal) * (gl_FrontFacing ? 1.0 : -1.0), 1.0);
#endif
#ifdef VELOCITY_AT
    target_velocity = 0.5 * (v_before.xy / v_before.w - v_now.xy / v_now.w);
#endif
#ifdef ID_AT
    target_id = v_entity;
#endif
}
