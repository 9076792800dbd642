// Five materials on the ground, by a map of weights: from above where it is level, from the side where it is steep; rock from all
// sides at once.
// All coordinates come from the mesh (metres in the terrain's frame), none from storage: invocations that only help with
// derivatives may read nothing there. Nothing repeats visibly: each place sees one of eight offsets of a picture, blended.
#define USES_SKY

float hash_at(ivec2 p) {
    uint h = uint(p.x) * 0x9E3779B1u ^ uint(p.y) * 0x85EBCA77u;
    h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
    h = (h ^ (h >> 12)) * 0x297A2D39u;
    return float((h ^ (h >> 15)) >> 8) * (1.0 / 16777216.0);
}

float ground_noise(vec2 p) {
    vec2 i = floor(p), f = p - i;
    f = f * f * (3.0 - 2.0 * f);
    ivec2 c = ivec2(i);
    return mix(mix(hash_at(c), hash_at(c + ivec2(1, 0)), f.x), mix(hash_at(c + ivec2(0, 1)), hash_at(c + ivec2(1, 1)), f.x), f.y);
}

struct Coat { vec3 color; float height; vec3 normal; float roughness; };

// Where a picture is looked up: two offsets, and how much of the second.
struct Laid { vec2 uv, dx, dy, first, second; float share; };

Laid laid(vec2 metres, float edge_m, float variety) {
    Laid l;
    l.uv = metres / edge_m;
    l.dx = dFdx(l.uv);
    l.dy = dFdy(l.uv);
    float k = variety * 8.0, i = floor(k);
    l.first = sin(vec2(3.0, 7.0) * i) * 3.7;
    l.second = sin(vec2(3.0, 7.0) * (i + 1.0)) * 3.7;
    l.share = smoothstep(0.25, 0.75, k - i);
    return l;
}

// As it lies on level ground, or on a wall.
Laid laid_on(bool is_wall, vec2 level, vec2 wall, float edge_m, float variety) {
    Laid l = laid(level, edge_m, variety), w = laid(wall, edge_m, variety);
    l.uv = is_wall ? w.uv : l.uv;
    l.dx = is_wall ? w.dx : l.dx;
    l.dy = is_wall ? w.dy : l.dy;
    return l;
}

vec4 color_1_at(Laid l) {
#ifdef HAS_COLOR_1
    float layer = texture_layer(AT_COLOR_1);
    vec4 a = textureGrad(color_1_map, vec3(l.uv + l.first, layer), l.dx, l.dy);
    vec4 b = textureGrad(color_1_map, vec3(l.uv + l.second, layer), l.dx, l.dy);
    return mix(a, b, smoothstep(0.3, 0.7, l.share + (b.a - a.a) * 0.35));
#else
    return vec4(-1.0, 0.0, 0.0, 0.5);
#endif
}
vec3 normal_1_at(Laid l) {
#ifdef HAS_NORMAL_1
    float layer = texture_layer(AT_NORMAL_1);
    vec3 a = textureGrad(normal_1_map, vec3(l.uv + l.first, layer), l.dx, l.dy).xyz;
    vec3 b = textureGrad(normal_1_map, vec3(l.uv + l.second, layer), l.dx, l.dy).xyz;
    return mix(a, b, l.share);
#else
    return vec3(0.5, 0.5, 0.9);
#endif
}

vec4 color_2_at(Laid l) {
#ifdef HAS_COLOR_2
    float layer = texture_layer(AT_COLOR_2);
    vec4 a = textureGrad(color_2_map, vec3(l.uv + l.first, layer), l.dx, l.dy);
    vec4 b = textureGrad(color_2_map, vec3(l.uv + l.second, layer), l.dx, l.dy);
    return mix(a, b, smoothstep(0.3, 0.7, l.share + (b.a - a.a) * 0.35));
#else
    return vec4(-1.0, 0.0, 0.0, 0.5);
#endif
}
vec3 normal_2_at(Laid l) {
#ifdef HAS_NORMAL_2
    float layer = texture_layer(AT_NORMAL_2);
    vec3 a = textureGrad(normal_2_map, vec3(l.uv + l.first, layer), l.dx, l.dy).xyz;
    vec3 b = textureGrad(normal_2_map, vec3(l.uv + l.second, layer), l.dx, l.dy).xyz;
    return mix(a, b, l.share);
#else
    return vec3(0.5, 0.5, 0.9);
#endif
}

vec4 color_3_at(Laid l) {
#ifdef HAS_COLOR_3
    float layer = texture_layer(AT_COLOR_3);
    vec4 a = textureGrad(color_3_map, vec3(l.uv + l.first, layer), l.dx, l.dy);
    vec4 b = textureGrad(color_3_map, vec3(l.uv + l.second, layer), l.dx, l.dy);
    return mix(a, b, smoothstep(0.3, 0.7, l.share + (b.a - a.a) * 0.35));
#else
    return vec4(-1.0, 0.0, 0.0, 0.5);
#endif
}
vec3 normal_3_at(Laid l) {
#ifdef HAS_NORMAL_3
    float layer = texture_layer(AT_NORMAL_3);
    vec3 a = textureGrad(normal_3_map, vec3(l.uv + l.first, layer), l.dx, l.dy).xyz;
    vec3 b = textureGrad(normal_3_map, vec3(l.uv + l.second, layer), l.dx, l.dy).xyz;
    return mix(a, b, l.share);
#else
    return vec3(0.5, 0.5, 0.9);
#endif
}

vec4 color_4_at(Laid l) {
#ifdef HAS_COLOR_4
    float layer = texture_layer(AT_COLOR_4);
    vec4 a = textureGrad(color_4_map, vec3(l.uv + l.first, layer), l.dx, l.dy);
    vec4 b = textureGrad(color_4_map, vec3(l.uv + l.second, layer), l.dx, l.dy);
    return mix(a, b, smoothstep(0.3, 0.7, l.share + (b.a - a.a) * 0.35));
#else
    return vec4(-1.0, 0.0, 0.0, 0.5);
#endif
}
vec3 normal_4_at(Laid l) {
#ifdef HAS_NORMAL_4
    float layer = texture_layer(AT_NORMAL_4);
    vec3 a = textureGrad(normal_4_map, vec3(l.uv + l.first, layer), l.dx, l.dy).xyz;
    vec3 b = textureGrad(normal_4_map, vec3(l.uv + l.second, layer), l.dx, l.dy).xyz;
    return mix(a, b, l.share);
#else
    return vec3(0.5, 0.5, 0.9);
#endif
}

vec4 color_5_at(Laid l) {
#ifdef HAS_COLOR_5
    float layer = texture_layer(AT_COLOR_5);
    vec4 a = textureGrad(color_5_map, vec3(l.uv + l.first, layer), l.dx, l.dy);
    vec4 b = textureGrad(color_5_map, vec3(l.uv + l.second, layer), l.dx, l.dy);
    return mix(a, b, smoothstep(0.3, 0.7, l.share + (b.a - a.a) * 0.35));
#else
    return vec4(-1.0, 0.0, 0.0, 0.5);
#endif
}
vec3 normal_5_at(Laid l) {
#ifdef HAS_NORMAL_5
    float layer = texture_layer(AT_NORMAL_5);
    vec3 a = textureGrad(normal_5_map, vec3(l.uv + l.first, layer), l.dx, l.dy).xyz;
    vec3 b = textureGrad(normal_5_map, vec3(l.uv + l.second, layer), l.dx, l.dy).xyz;
    return mix(a, b, l.share);
#else
    return vec3(0.5, 0.5, 0.9);
#endif
}

// Metres that a picture's edge covers.
const float EDGE_1 = 3.0, EDGE_2 = 3.5, EDGE_3 = 14.0, EDGE_4 = 4.0, EDGE_5 = 8.0;

// `right` and `up`: where a picture's edges point in the terrain's frame.
void add_coat(inout Coat total, inout float sum, float share, vec4 color, vec3 bump, vec3 right, vec3 up) {
    // What stands high in its picture covers what lies low in another's.
    float w = share * (0.25 + color.a);
    w *= w;
    total.color += w * color.rgb;
    vec2 turn = bump.xy * 2.0 - 1.0;
    total.normal += w * (right * turn.x + up * turn.y);
    total.roughness += w * bump.z;
    sum += w;
}

void surface(in Fragment f, inout SurfaceInputs s) {
    // Chunks of endless ground have their shares at their points, their climate in the second coordinates, and metres in the first,
    // counted anew now and then: what repeats is looked up by those, what does not by the place in the world.
    bool is_chunk = f.uv1.y < -0.5;
    float size_m = f.uv1.y, height_m = is_chunk ? f.position.y : f.uv1.x;
    vec2 ground = is_chunk ? f.uv0 : (f.uv0 - 0.5) * size_m;
    vec2 place = is_chunk ? f.position.xz + vec2(camera_cell.xz) * 1024.0 : ground;
    vec3 n = f.normal;
    float open = 1.0, patches = 0.5;
#ifdef HAS_RELIEF
    vec4 relief = sample_relief_at(f.uv0);
    vec2 tilt = relief.xy * 2.0 - 1.0;
    n = normalize(vec3(tilt.x, sqrt(max(1.0 - dot(tilt, tilt), 0.0)) + 1e-4, tilt.y));
    open = relief.z;
    patches = relief.w;
#endif
    vec4 shares = vec4(0.0);
#ifdef HAS_WEIGHTS
    shares = sample_weights_at(f.uv0);
#else
    shares.y = smoothstep(0.8, 0.6, n.y);
#endif
    // Shares at points, where somebody gave them: together they are 1 at most, and white points are without.
    if (is_chunk || dot(f.color, vec4(1.0)) < 1.5) shares = f.color;
    float near_noise = ground_noise(place * 0.11);
    float rough_noise = ground_noise(place * 0.9) - 0.5;
    float fine_noise = ground_noise(place * 0.31 + 17.0) - 0.5;
    // Borders between materials are ragged.
    shares = clamp(shares + (0.34 * fine_noise + 0.22 * rough_noise) * shares * (1.0 - shares) * 4.0, 0.0, 1.0);
    float first = max(1.0 - dot(shares, vec4(1.0)), 0.0);
    // Where it is steeper than 56 degrees, more or less, coats hang on it as they would on a wall, instead of being drawn out long.
    // The border is as ragged as those between coats, so one look-up does.
    vec3 lie = f.normal; // of the mesh: what is drawn out is the mesh, whatever finer relief says
    bool is_wall = lie.y < 0.56 + 0.16 * fine_noise + 0.1 * rough_noise, is_along_z = abs(lie.x) > abs(lie.z);
    vec2 wall = vec2(is_along_z ? ground.y : ground.x, -height_m);
    vec3 right = is_wall && is_along_z ? vec3(0.0, 0.0, 1.0) : vec3(1.0, 0.0, 0.0);
    vec3 up = is_wall ? vec3(0.0, 1.0, 0.0) : vec3(0.0, 0.0, -1.0);
    Laid l1 = laid_on(is_wall, ground, wall, EDGE_1, near_noise), l2 = laid_on(is_wall, ground, wall, EDGE_2, near_noise);
    Laid l4 = laid_on(is_wall, ground, wall, EDGE_4, near_noise), l5 = laid_on(is_wall, ground, wall, EDGE_5, near_noise);
    Laid top = laid(ground, EDGE_3, near_noise);
    float side_noise = ground_noise(vec2(place.x + place.y, height_m) * 0.07);
    Laid side_x = laid(vec2(ground.y, -height_m), EDGE_3, side_noise), side_z = laid(vec2(ground.x, -height_m), EDGE_3, side_noise);
    Coat coat = Coat(vec3(0.0), 0.0, vec3(0.0), 0.0);
    float sum = 0.0;
    const float LEAST = 0.02;
    if (first > LEAST) add_coat(coat, sum, first, color_1_at(l1), normal_1_at(l1), right, up);
    if (shares.x > LEAST) add_coat(coat, sum, shares.x, color_2_at(l2), normal_2_at(l2), right, up);
    if (shares.z > LEAST) add_coat(coat, sum, shares.z, color_4_at(l4), normal_4_at(l4), right, up);
    if (shares.w > LEAST) add_coat(coat, sum, shares.w, color_5_at(l5), normal_5_at(l5), right, up);
    if (shares.y > LEAST) {
        vec3 sides = pow(abs(n), vec3(4.0));
        sides /= sides.x + sides.y + sides.z;
        vec4 color = vec4(0.0);
        vec3 turned = vec3(0.0);
        float rough = 0.0;
        if (sides.x > LEAST) {
            color += sides.x * color_3_at(side_x);
            vec3 bump = normal_3_at(side_x);
            turned += sides.x * vec3(0.0, bump.y * 2.0 - 1.0, bump.x * 2.0 - 1.0);
            rough += sides.x * bump.z;
        }
        if (sides.y > LEAST) {
            color += sides.y * color_3_at(top);
            vec3 bump = normal_3_at(top);
            turned += sides.y * vec3(bump.x * 2.0 - 1.0, 0.0, 1.0 - bump.y * 2.0);
            rough += sides.y * bump.z;
        }
        if (sides.z > LEAST) {
            color += sides.z * color_3_at(side_z);
            vec3 bump = normal_3_at(side_z);
            turned += sides.z * vec3(bump.x * 2.0 - 1.0, bump.y * 2.0 - 1.0, 0.0);
            rough += sides.z * bump.z;
        }
        // The same rock again, five times as large: walls have beds and buttresses, not a wallpaper.
        Laid wide_side = laid(mix(vec2(ground.x, -height_m), vec2(ground.y, -height_m), step(abs(n.z), abs(n.x))), EDGE_3 * 5.3, 0.31);
        vec4 wide_color = color_3_at(wide_side);
        vec3 wide_bump = normal_3_at(wide_side);
        color.rgb *= 0.35 + 1.3 * wide_color.a;
        vec3 side = abs(n.x) > abs(n.z) ? vec3(0.0, 0.0, 1.0) : vec3(1.0, 0.0, 0.0);
        turned = turned * 1.4 + (side * (wide_bump.x * 2.0 - 1.0) + vec3(0.0, wide_bump.y * 2.0 - 1.0, 0.0)) * 0.9;
        float w = shares.y * (0.25 + color.a);
        w *= w;
        coat.color += w * color.rgb;
        coat.normal += w * turned;
        coat.roughness += w * rough;
        sum += w;
    }
    coat.color /= max(sum, 1e-4);
    coat.normal /= max(sum, 1e-4);
    coat.roughness /= max(sum, 1e-4);
    float wide = ground_noise(place * 0.021 + 5.0);
    // Everything below may read from storage: no picture is looked up any more.
    TerrainGround p = parameters(f.material);
    if (coat.color.r < 0.0) coat.color = p.base_color; // no pictures
    s.base_color = coat.color * mix(0.78, 1.18, wide * 0.5 + patches * 0.5);
    if (is_chunk) { // grass is yellow where it is dry, brown where it is cold, and deep green in the wet heat
        float green = clamp(first + shares.x * 0.5, 0.0, 1.0), warm = f.uv1.x, wet = clamp(-1.0 - f.uv1.y, 0.0, 1.0);
        vec3 tint = mix(vec3(1.75, 1.28, 0.62), vec3(1.0), smoothstep(0.12, 0.45, wet));
        tint = mix(tint, vec3(0.62, 0.92, 0.66), smoothstep(0.62, 0.9, wet) * smoothstep(0.45, 0.75, warm));
        tint = mix(tint, vec3(1.25, 1.0, 0.78), smoothstep(0.42, 0.3, warm));
        s.base_color *= mix(vec3(1.0), tint, green);
    }
    s.normal = normalize(n + coat.normal * 1.1);
    s.roughness = clamp(coat.roughness, 0.3, 1.0);
    s.occlusion = open;
    s.specular = 0.5;
#ifndef UNLIT
    if (p.haze_m > 0.0) {
        vec3 towards = -f.view;
        towards.y = max(towards.y, 0.03);
        towards = normalize(towards);
        float lost = 1.0 - exp(-length(camera_position.xyz - f.position) / p.haze_m);
        s.emissive = sky_mirror(towards, towards, 0.35) * lost;
        s.base_color *= 1.0 - lost;
        s.specular *= 1.0 - lost;
    }
#endif
}
