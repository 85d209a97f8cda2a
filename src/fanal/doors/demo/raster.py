"""Draws lit surfaces into a picture: perspective warps of textures against a depth buffer."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from fanal.doors.demo.camera import NEAR, Camera, Floats
from fanal.doors.demo.surfaces import Panel, Pixels, Sheet, Surface, Turned

Lit = Callable[[Surface], Pixels]
"""Gives a surface's texture with the light on it."""


@dataclass
class Canvas:
    """A picture being drawn, with the inverse depth of what is nearest at each pixel."""

    camera: Camera
    image: Pixels
    near: np.ndarray[tuple[int, int], np.dtype[np.float32]]


Box = tuple[int, int, int, int]

_UNIT = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
_FIRM = np.float32(1.0004)
"""How much nearer a surface must be to be drawn over another: keeps the seams of boxes clean."""


def draw(surfaces: list[Surface], camera: Camera, lit: Lit) -> Pixels:
    """Return the picture (height, width, 3) RGB of `surfaces` from `camera`; see-through ones last, far to near."""
    canvas = Canvas(
        camera,
        np.zeros((camera.height, camera.width, 3), np.uint8),
        np.zeros((camera.height, camera.width), np.float32),
    )
    veils = [s for s in surfaces if s.texture.shape[2] == 4]
    for surface in surfaces:
        if surface.texture.shape[2] == 3:
            _draw_one(canvas, surface, lit)
    eye = np.asarray(camera.eye)
    for surface in sorted(veils, key=lambda s: -float(np.linalg.norm(_middle(s) - eye))):
        _draw_one(canvas, surface, lit)
    return canvas.image


def _middle(surface: Surface) -> Floats:
    if isinstance(surface, Panel):
        return surface.corner + (surface.across + surface.down) / 2
    if isinstance(surface, Sheet):
        return np.asarray(surface.grid.reshape(-1, 3).mean(axis=0))
    return np.array([surface.axis[0], (surface.top + surface.bottom) / 2, surface.axis[1]])


def _draw_one(canvas: Canvas, surface: Surface, lit: Lit) -> None:
    if isinstance(surface, Panel):
        _draw_panel(canvas, surface, lit)
    elif isinstance(surface, Sheet):
        _draw_sheet(canvas, surface, lit)
    else:
        _draw_turned(canvas, surface, lit)


def _clip(corners: Floats) -> Floats:
    """Cut a polygon in camera axes at the near plane."""
    kept = []
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if a[2] >= NEAR:
            kept.append(a)
        if (a[2] >= NEAR) != (b[2] >= NEAR):
            kept.append(a + (b - a) * (NEAR - a[2]) / (b[2] - a[2]))
    return np.array(kept)


def _on_screen(camera: Camera, polygon: Floats) -> Floats:
    flat = polygon @ camera.matrix.T
    return np.clip(flat[:, :2] / flat[:, 2:], -30000, 30000)


def _bounds(camera: Camera, points: Floats) -> Box | None:
    left, top = np.floor(points.min(axis=0)).astype(int)
    right, bottom = np.ceil(points.max(axis=0)).astype(int) + 1
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, camera.width), min(bottom, camera.height)
    return (int(left), int(top), int(right), int(bottom)) if right > left and bottom > top else None


def _stencil(box: Box, points: Floats) -> Pixels:
    left, top, right, bottom = box
    mask = np.zeros((bottom - top, right - left), np.uint8)
    shifted = np.round((points - [left, top]) * 16).astype(np.int32)
    cv2.fillConvexPoly(mask, shifted, 255, lineType=cv2.LINE_8, shift=4)
    return mask


def _draw_panel(canvas: Canvas, panel: Panel, lit: Lit) -> None:
    camera = canvas.camera
    if float(np.dot(panel.normal, np.asarray(camera.eye) - panel.corner)) <= 1e-4:
        return
    edges = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64)
    polygon = _clip(camera.to_axes(panel.corner + edges[:, :1] * panel.across + edges[:, 1:] * panel.down))
    if len(polygon) < 3:
        return
    points = _on_screen(camera, polygon)
    box = _bounds(camera, points)
    if box is None:
        return
    mask = _stencil(box, points)
    if panel.hole is not None:
        left, top, right, bottom = panel.hole
        cut = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        opening = _clip(camera.to_axes(panel.corner + cut[:, :1] * panel.across + cut[:, 1:] * panel.down))
        if len(opening) >= 3:
            mask &= ~_stencil(box, _on_screen(camera, opening))
    frame = np.stack([panel.across, panel.down, panel.corner - np.asarray(camera.eye)]) @ camera.axes.T
    plane = np.cross(frame[0], frame[1])
    _paint(canvas, box, mask, plane / float(plane @ frame[2]), camera.matrix @ frame.T, lit(panel))


def _draw_sheet(canvas: Canvas, sheet: Sheet, lit: Lit) -> None:
    camera = canvas.camera
    seen = camera.to_axes(sheet.grid)
    if float(seen[..., 2].min()) < NEAR:
        return
    texture = lit(sheet)
    rows, columns = sheet.grid.shape[0] - 1, sheet.grid.shape[1] - 1
    down = np.linspace(0, texture.shape[0], rows + 1).astype(int)
    along = np.linspace(0, texture.shape[1], columns + 1).astype(int)
    a, b, c, d = seen[:-1, :-1], seen[:-1, 1:], seen[1:, 1:], seen[1:, :-1]
    planes = np.cross(c - a, d - b)
    distances = (planes * (a + b + c + d)).sum(axis=-1) / 4
    flat = _on_screen(camera, seen.reshape(-1, 3)).reshape(rows + 1, columns + 1, 2)
    for row, column in np.argwhere(distances > 1e-12):
        points = np.stack([flat[row, column], flat[row, column + 1], flat[row + 1, column + 1], flat[row + 1, column]])
        box = _bounds(camera, points)
        if box is None:
            continue
        warp = np.asarray(cv2.getPerspectiveTransform(_UNIT, points.astype(np.float32)), np.float64)
        piece = texture[
            down[row] : max(down[row + 1], down[row] + 1), along[column] : max(along[column + 1], along[column] + 1)
        ]
        _paint(canvas, box, _stencil(box, points), planes[row, column] / distances[row, column], warp, piece)


def _paint(canvas: Canvas, box: Box, mask: Pixels, plane: Floats, warp: Floats, texture: Pixels) -> None:
    """Warp `texture` (unit square by `warp` to pixels) into `box` wherever `mask` holds and nothing is nearer."""
    left, top, right, bottom = box
    focal, (cx, cy) = canvas.camera.focal, canvas.camera.matrix[:2, 2]
    x = ((np.arange(left, right) - cx) / focal * plane[0]).astype(np.float32)
    y = ((np.arange(top, bottom) - cy) / focal * plane[1] + plane[2]).astype(np.float32)
    depth = x[None, :] + y[:, None]
    near = canvas.near[top:bottom, left:right]
    mask = np.asarray(cv2.bitwise_and(mask, cv2.compare(depth, near * _FIRM, cv2.CMP_GT)), np.uint8)
    x0, y0, wide, high = cv2.boundingRect(mask)
    if wide == 0:
        return
    inner = (slice(y0, y0 + high), slice(x0, x0 + wide))
    mask, depth = mask[inner], depth[inner]
    left, top, right, bottom = box = (left + x0, top + y0, left + x0 + wide, top + y0 + high)
    texture = _coarser(texture, warp, wide * high)
    height, width = texture.shape[:2]
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], dtype=np.float64)
    scale = np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])
    patch = cv2.warpPerspective(
        texture,
        shift @ warp @ scale,
        (right - left, bottom - top),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    _lay(canvas, box, mask, depth, np.asarray(patch, np.uint8))


def _coarser(texture: Pixels, warp: Floats, visible: int) -> Pixels:
    """Shrink a texture that is much finer than the pixels it will cover, so that it does not shimmer."""
    middle = warp @ np.array([0.5, 0.5, 1.0])
    if middle[2] <= 0:
        return texture
    jacobian = (warp[:2, :2] * middle[2] - np.outer(middle[:2], warp[2, :2])) / middle[2] ** 2
    area = max(abs(float(np.linalg.det(jacobian))), 1.0, float(min(visible, 4)))
    ratio = np.sqrt(texture.shape[0] * texture.shape[1] / area)
    if ratio < 1.6:
        return texture
    size = (max(1, round(texture.shape[1] / ratio * 1.2)), max(1, round(texture.shape[0] / ratio * 1.2)))
    return np.asarray(cv2.resize(texture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _lay(canvas: Canvas, box: Box, mask: Pixels, depth: np.ndarray, patch: Pixels) -> None:
    left, top, right, bottom = box
    image, near = canvas.image[top:bottom, left:right], canvas.near[top:bottom, left:right]
    if patch.shape[2] == 3:
        cv2.copyTo(patch, mask, image)
        cv2.copyTo(depth, mask, near)
        return
    alpha = (patch[..., 3:].astype(np.float32) / 255) * (mask[..., None] > 0)
    image[:] = np.round(image * (1 - alpha) + patch[..., :3] * alpha).astype(np.uint8)
    cv2.copyTo(depth, ((alpha[..., 0] > 0.5) * 255).astype(np.uint8), near)


def _draw_turned(canvas: Canvas, shape: Turned, lit: Lit) -> None:
    camera = canvas.camera
    radius = max(shape.bottom_radius, shape.top_radius)
    x, z = shape.axis
    hull = np.array(
        [[x + i, y, z + k] for i in (-radius, radius) for y in (shape.bottom, shape.top) for k in (-radius, radius)]
    )
    seen = camera.to_axes(hull)
    if float(seen[:, 2].min()) < NEAR:
        return
    box = _bounds(camera, _on_screen(camera, seen))
    if box is None:
        return
    left, top, right, bottom = box
    cx, cy = camera.matrix[:2, 2]
    across = (np.arange(left, right) - cx)[None, :, None] / camera.focal * camera.axes[0]
    down = (np.arange(top, bottom) - cy)[:, None, None] / camera.focal * camera.axes[1]
    rays = (across + down + camera.axes[2]).astype(np.float32)
    away, where = _meet(shape, np.asarray(camera.eye, np.float32), rays)
    hit = np.isfinite(away)
    depth = np.where(hit, 1 / np.where(hit, away, 1), 0).astype(np.float32)
    near = canvas.near[top:bottom, left:right]
    mask = ((depth > near) & hit).astype(np.uint8) * 255
    if not mask.any():
        return
    texture = lit(shape)
    angle = np.arctan2(where[..., 0] - x, where[..., 2] - z) / (2 * np.pi) - shape.turn
    u = (angle % 1.0) * texture.shape[1] - 0.5
    v = (shape.top - where[..., 1]) / (shape.top - shape.bottom) * texture.shape[0] - 0.5
    patch = cv2.remap(
        texture, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    _lay(canvas, box, mask, depth, np.asarray(patch, np.uint8))


def _meet(shape: Turned, eye: np.ndarray, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance along each ray to the frustum (infinite where it misses), and the point there."""
    slope = (shape.top_radius - shape.bottom_radius) / (shape.top - shape.bottom)
    ox, oz = eye[0] - shape.axis[0], eye[2] - shape.axis[1]
    r0 = shape.bottom_radius + slope * (eye[1] - shape.bottom)
    dx, dy, dz = rays[..., 0], rays[..., 1], rays[..., 2]
    a = dx * dx + dz * dz - slope * slope * dy * dy
    b = ox * dx + oz * dz - slope * r0 * dy
    c = ox * ox + oz * oz - r0 * r0
    root = b * b - a * c
    a = np.where(np.abs(a) < 1e-9, 1e-9, a)
    away = np.where(root > 0, (-b - np.sqrt(np.maximum(root, 0))) / a, np.inf)
    where = eye + rays * np.where(np.isfinite(away), away, 0)[..., None]
    inside = (where[..., 1] >= shape.bottom) & (where[..., 1] <= shape.top) & (away > NEAR)
    return np.where(inside, away, np.inf), where
