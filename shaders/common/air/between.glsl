// All that lies between a surface, or the sky, and the eye.
#ifdef FOG
#include "common/fog.glsl"
#endif
#if defined(AERIAL) || defined(SHAFTS)
#include "common/air/volume.glsl"
#endif

// Light of which `covers` hides what is behind (premultiplied), as it comes to `eye` from a distance (metres; below 0: from the sky)
// along `d`. `screen`: where it is seen, 0 to 1.
vec3 seen_through_air(vec3 light, float covers, vec3 eye, vec3 d, float distance_m, vec2 screen) {
#ifdef AERIAL
    if (distance_m >= 0.0) light = through_atmosphere(light, covers, screen, distance_m); // the sky is the atmosphere
#endif
#if defined(FOG) && defined(SHAFTS)
    float reach = air_of.shafts.x;
    bool beyond = distance_m < 0.0 || distance_m > reach;
    if (beyond) light = fogged(light, covers, eye + d * reach, d, distance_m < 0.0 ? -1.0 : distance_m - reach);
    vec4 near = shafts_before(screen, beyond ? reach : distance_m);
    light = light * near.a + near.rgb * covers;
#elif defined(FOG)
    light = fogged(light, covers, eye, d, distance_m);
#endif
    return light;
}
