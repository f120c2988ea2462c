"""The life of a booking

Revision ID: 0003
Revises: 0002

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('worker_sign',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_worker_sign'))
    )

    # Columns are added in place: making these tables anew would empty the tables that refer to them.
    op.add_column('booking', sa.Column('no_show', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('booking', sa.Column('changes', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('booking_event', sa.Column('wanted', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column('message', sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('link', sa.Column('change_notice_minutes', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('link', sa.Column('any_colleague', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    op.drop_column('link', 'any_colleague')
    op.drop_column('link', 'change_notice_minutes')
    op.drop_column('message', 'expires_at')
    op.drop_column('booking_event', 'wanted')
    op.drop_column('booking', 'changes')
    op.drop_column('booking', 'no_show')

    op.drop_table('worker_sign')
